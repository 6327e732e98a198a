import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { EvaluationRequest } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { problemSchema } from '@4runr/contracts/problem';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createSeverableLink, type SeverableLink } from '@4runr/service-kit/testing';
import { builtInPolicies } from '../../src/domain/built-in-policies.ts';
import {
  activate,
  createServiceDatabase,
  evaluate,
  eventually,
  postEvaluation,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

/** Long enough for a busy machine, in milliseconds; by themselves replicas look four times a second. */
const activeWithinMs = 10_000;

/** A search that was never asked about before: a call is decided once. */
const search = () => questionOf('scraper', 'serpapi:search');
const denying: Policy = { name: 'no-search', subjects: { roles: ['scraper'] }, deny: ['serpapi:search'] };

let database: ServiceDatabase;
let link: SeverableLink;
let running: RunningService[];
beforeEach(async () => {
  database = await createServiceDatabase();
  link = await createSeverableLink(database.url);
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((service) => service.stop()));
  await link.close();
  await database.drop();
});

async function start(): Promise<string> {
  const service = await startPolicyService(link.url);
  running.push(service);
  return service.url;
}

async function isAllowed(url: string, question: EvaluationRequest): Promise<boolean> {
  return (await evaluate(url, question)).decision;
}

describe('policies in memory', () => {
  it('hold the built-in ones after the first start, also when replicas start together', async () => {
    const urls = await Promise.all([start(), start(), start()]);
    for (const url of urls) assert.equal(await isAllowed(url, search()), true);
    const names = await database.kysely.selectFrom('policies').select('name').orderBy('name').execute();
    assert.deepEqual(
      names.map(({ name }) => name),
      builtInPolicies.map(({ name }) => name).sort(),
    );
  });

  it('follow a change on every replica, without a restart', async () => {
    const urls = [await start(), await start()];
    await activate(database.kysely, denying);
    await eventually(async () => {
      const allowed = await Promise.all(urls.map((url) => isAllowed(url, search())));
      return !allowed.includes(true);
    }, activeWithinMs);
    await database.kysely.deleteFrom('policies').where('name', '=', denying.name).execute();
    await eventually(async () => isAllowed(urls[0] ?? '', search()), activeWithinMs);
  });

  it('keep what operators changed or deleted over a restart: built-in policies are stored once', async () => {
    await start();
    await activate(database.kysely, {
      name: 'scraper',
      subjects: { roles: ['scraper'] },
      allow: ['openai:chat'],
    });
    await database.kysely.deleteFrom('policies').where('name', '=', 'engager').execute();
    await running[0]?.stop();
    const url = await start();
    assert.equal(await isAllowed(url, search()), false);
    assert.equal(await isAllowed(url, questionOf('scraper', 'openai:chat')), true);
    assert.equal(await isAllowed(url, questionOf('engager', 'gmail_send:send')), false);
  });

  it('stay as they were when a stored document is not understood, and follow again once it is mended', async () => {
    const url = await start();
    const later = { ...denying, name: 'later', schedule: { timezone: 'UTC' } } as Policy;
    await activate(database.kysely, later);
    await activate(database.kysely, denying);
    await eventually(async () => (await ageOf(url)) > 0.6, activeWithinMs);
    assert.equal(await isAllowed(url, search()), true);
    await database.kysely.deleteFrom('policies').where('name', '=', 'later').execute();
    await eventually(async () => !(await isAllowed(url, search())), activeWithinMs);
  });
});

/** Seconds since the policies were last known to be current. */
async function ageOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^gateway_policy_snapshot_age_seconds\{.*\} (.*)$/m.exec(text)?.[1]);
}

describe('while Postgres is away', () => {
  const outages = {
    'refuses connections': () => link.sever(),
    'accepts and never answers': async () => link.stall(),
  };
  for (const [how, begin] of Object.entries(outages)) {
    it(`(${how}) decisions go on from memory, and changes are followed when it is back`, async () => {
      const url = await start();
      await begin();
      for (let asked = 0; asked < 200; asked += 1) assert.equal(await isAllowed(url, search()), true);
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
      await activate(database.kysely, denying);
      await link.mend();
      await eventually(async () => !(await isAllowed(url, search())), activeWithinMs);
    });
  }

  it('a service that starts is not ready and decides nothing, and needs no restart when Postgres comes', async () => {
    await link.sever();
    const url = await start();
    const readiness = await fetch(`${url}/readyz`);
    assert.equal(readiness.status, 503);
    assert.deepEqual(await readiness.json(), { status: 'not ready', failing: ['policies'] });
    assert.equal((await fetch(`${url}/livez`)).status, 200);
    const response = await postEvaluation(url, search());
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '1');
    assert.equal(problemSchema.parse(await response.json()).code, 'policy.unavailable');
    await link.mend();
    await eventually(async () => (await fetch(`${url}/readyz`)).status === 200, 10_000);
    assert.equal(await isAllowed(url, search()), true);
  });
});
