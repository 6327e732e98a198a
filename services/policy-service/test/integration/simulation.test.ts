import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type Policy,
  type Simulation,
  simulationExample,
  simulationPath,
  simulationRequestExample,
  simulationSchema,
} from '@4runr/contracts/policy';
import { problemSchema } from '@4runr/contracts/problem';
import { createSeverableLink, type SeverableLink } from '@4runr/service-kit/testing';
import fc from 'fast-check';
import {
  activate,
  createServiceDatabase,
  evaluate,
  eventually,
  meshAuthorization,
  type PolicyServiceUnderTest,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let link: SeverableLink;
let service: PolicyServiceUnderTest;
before(async () => {
  database = await createServiceDatabase();
  link = await createSeverableLink(database.url);
  service = await startPolicyService(link.url);
});
after(async () => {
  await service.stop();
  await link.close();
  await database.drop();
});

const post = (body: unknown, headers: Record<string, string> = meshAuthorization()) =>
  fetch(`${service.url}${simulationPath}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function simulate(body: unknown): Promise<Simulation> {
  const response = await post(body);
  assert.equal(response.status, 200);
  return simulationSchema.parse(await response.json());
}

const search = questionOf('scraper', 'serpapi:search', { dryRun: true });
const scraper: Policy = { name: 'scraper', subjects: { roles: ['scraper'] } };

describe('a simulation', () => {
  it('answers the example of a question as the example of an answer says', async () => {
    const answer = await simulate(simulationRequestExample);
    const withoutVersion = ({ policy, reasons, ...rest }: Simulation) => ({
      ...rest,
      policy: policy?.name,
      reasons: reasons.map(({ policy: of, ...reason }) => ({ ...reason, policy: of?.name })),
    });
    assert.deepEqual(withoutVersion(answer), withoutVersion(simulationExample));
  });

  it('without a candidate decides as the call itself would be decided', async () => {
    for (const question of [search, questionOf('scraper', 'gmail_send:send', { dryRun: true })]) {
      const { decision, context } = await evaluate(service.url, question);
      const simulated = await simulate({ question });
      assert.equal(simulated.decision, decision ? 'allow' : 'deny');
      assert.deepEqual(simulated.reasons, context.reasons);
      assert.deepEqual(simulated.policy, context.policy);
      assert.deepEqual(simulated.obligations, context.obligations);
    }
  });

  it('with a candidate decides as if it stood in for the policy of its name', async () => {
    assert.equal((await simulate({ question: search, policy: scraper })).decision, 'deny');
    const guarded = { ...scraper, allow: ['serpapi:search'], intents: ['research'] };
    const denied = await simulate({ question: search, policy: guarded });
    assert.deepEqual([denied.decision, denied.reasons[0]?.rule], ['deny', 'intent']);
    const meant = questionOf('scraper', 'serpapi:search', { dryRun: true, intent: 'research' });
    assert.equal((await simulate({ question: meant, policy: guarded })).decision, 'allow');
  });

  it('with a candidate of a new name decides as if it stood beside the others', async () => {
    const fetching = questionOf('reader', 'http_fetch:get', { dryRun: true });
    const reader = { name: 'reader', subjects: { roles: ['reader'] }, allow: ['http_fetch:get'] };
    assert.equal((await simulate({ question: fetching, policy: reader })).decision, 'allow');
    assert.equal((await simulate({ question: search, policy: reader })).decision, 'allow');
    assert.equal((await simulate({ question: fetching })).decision, 'deny');
  });

  it('decides by the time that it is asked about', async () => {
    const schedule = { timezone: 'Europe/Berlin', days: ['mon'], from: '09:00', to: '17:00' };
    const policy = { ...scraper, allow: ['serpapi:search'], schedule };
    const at = async (time: string) => (await simulate({ question: search, policy, at: time })).decision;
    assert.equal(await at('2026-03-02T08:30:00Z'), 'allow');
    assert.equal(await at('2026-03-02T07:30:00Z'), 'deny');
    assert.equal(await at('2026-03-02T09:30:00+01:00'), 'allow');
    assert.equal(await at('2026-03-03T08:30:00Z'), 'deny');
  });

  it('says what would be taken of quotas, and takes nothing', async () => {
    const quotas = [
      { scope: 'serpapi:search', limit: 1, window: '1h', algorithm: 'fixed', per: 'agent', cost: 'calls' },
    ];
    const policy = { ...scraper, allow: ['serpapi:search'], quotas };
    for (let times = 0; times < 3; times += 1) {
      const { decision, quotas: taken } = await simulate({ question: search, policy });
      assert.deepEqual(
        [decision, taken.map(({ limit, pointer }) => [limit, pointer])],
        ['allow', [[1, '/quotas/0']]],
      );
    }
  });

  it('denies a call of which nobody says what it costs, where money is counted, as the call itself would be', async () => {
    const quotas = [{ scope: 'serpapi:search', limit: 1, window: '1h', cost: 'usd' }];
    const policy = { ...scraper, allow: ['serpapi:search'], quotas };
    const unpriced = await simulate({ question: search, policy });
    assert.deepEqual([unpriced.decision, unpriced.reasons[0]?.rule], ['deny', 'quota']);
    const costs = { usdMicros: 15_000 };
    const priced = questionOf('scraper', 'serpapi:search', { dryRun: true, costs });
    const { decision, obligations } = await simulate({ question: priced, policy });
    assert.deepEqual([decision, obligations], ['allow', [{ type: 'maxCost', costs }]]);
  });

  it('says what policies in shadow would change', async () => {
    const policy = {
      name: 'stricter',
      subjects: { roles: ['scraper'] },
      mode: 'shadow',
      deny: ['serpapi:search'],
    };
    const { decision, shadow } = await simulate({ question: search, policy });
    assert.deepEqual(
      [decision, shadow.map(({ policy: { name }, allowed }) => [name, allowed])],
      ['allow', [['stricter', false]]],
    );
  });

  it('agrees with what is decided once the candidate is active', async () => {
    const policy: Policy = { name: 'later', subjects: { roles: ['later'] }, allow: ['serpapi:search'] };
    const question = questionOf('later', 'serpapi:search', { dryRun: true });
    const simulated = await simulate({ question, policy });
    await activate(database.kysely, policy);
    await eventually(async () => (await evaluate(service.url, question)).decision, 10_000);
    const { context } = await evaluate(service.url, question);
    assert.deepEqual(simulated.policy, context.policy);
    assert.deepEqual(simulated.reasons, context.reasons);
  });

  it('goes on while Postgres is away', async () => {
    await link.sever();
    try {
      assert.equal((await simulate({ question: search })).decision, 'allow');
    } finally {
      await link.mend();
    }
  });
});

describe('a simulation is refused', () => {
  it('with a candidate that is no policy, with the place of every fault', async () => {
    const response = await post({
      question: search,
      policy: { ...scraper, allow: ['*'], guards: { when: '(' } },
    });
    const { code, errors } = problemSchema.parse(await response.json());
    assert.deepEqual([response.status, code], [422, 'params.invalid']);
    assert.deepEqual(
      errors?.map(({ pointer }) => pointer),
      ['/policy/allow/0', '/policy/guards/when'],
    );
  });

  it('to whoever is not the proxy', async () => {
    assert.equal((await post({ question: search }, {})).status, 401);
    assert.equal((await post({ question: search }, meshAuthorization('adapter-serpapi'))).status, 403);
  });

  it('never with a failure, whatever it holds', async () => {
    const anything = fc.record(
      {
        question: fc.oneof(fc.constant(search), fc.jsonValue()),
        at: fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
        policy: fc.oneof(
          fc.jsonValue(),
          fc.record({
            ...Object.fromEntries(Object.entries(scraper).map(([k, v]) => [k, fc.constant(v)])),
            guards: fc.jsonValue(),
            schedule: fc.jsonValue(),
          }),
        ),
      },
      { requiredKeys: ['question'] },
    );
    const answered = async (body: unknown) => {
      const response = await post(body);
      assert.ok(response.status < 500, String(response.status));
      await response.body?.cancel();
    };
    await fc.assert(fc.asyncProperty(anything, answered), { numRuns: 300 });
  });
});
