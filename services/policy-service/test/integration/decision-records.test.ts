import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { auditStreams } from '@4runr/contracts/audit';
import { problemSchema } from '@4runr/contracts/problem';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import {
  createSeverableLink,
  createTestRedis,
  type SeverableLink,
  type TestRedis,
  writeRevocationList,
} from '@4runr/service-kit/testing';
import { auditGroup } from '../../src/store/redis-audit-inbox.ts';
import {
  createServiceDatabase,
  evaluate,
  eventually,
  postEvaluation,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
  storedRecordOf,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let redis: TestRedis;
let link: SeverableLink;
let service: RunningService;
let replica: RunningService;
before(async () => {
  database = await createServiceDatabase();
  redis = await createTestRedis();
  await writeRevocationList(redis.client);
  link = await createSeverableLink(redis.url);
  service = await startPolicyService(database.url, { REDIS_URL: link.url });
  replica = await startPolicyService(database.url, { REDIS_URL: redis.url });
});
after(async () => {
  await Promise.all([service.stop(), replica.stop()]);
  await link.close();
  await redis.drop();
  await database.drop();
});

async function countOf(metric: string): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return Number(new RegExp(`^${metric}\\{.*\\} (.*)$`, 'm').exec(text)?.[1] ?? 0);
}

describe('a decision', () => {
  it('that allows a call is in the audit trail, as it was answered', async () => {
    const question = questionOf('scraper', 'serpapi:search', {
      intent: 'lead_discovery',
      params: { q: 'x' },
    });
    const { context } = await evaluate(service.url, question);
    const record = await storedRecordOf(database, question);
    assert.deepEqual(
      [record.agent, record.role, record.tool, record.action, record.decision, record.outcome],
      ['agt_1', 'scraper', 'serpapi', 'search', 'allowed', undefined],
    );
    assert.deepEqual(
      [record.decisionId, record.policy, record.reasons, record.at],
      [context.decisionId, context.policy, context.reasons, context.recordedAt],
    );
    assert.equal(record.intent, 'lead_discovery');
    assert.match(record.traceId ?? '', /^[0-9a-f]{32}$/);
  });

  it('that denies a call is there too, and is its outcome', async () => {
    const question = questionOf('scraper', 'gmail_send:send');
    await evaluate(service.url, question);
    const { decision, outcome, reasons } = await storedRecordOf(database, question);
    assert.deepEqual([decision, outcome, reasons?.[0]?.rule], ['denied', 'denied', 'no_policy']);
  });

  it('is the same when it is asked for again, at whichever replica, and recorded once', async () => {
    const question = questionOf('scraper', 'serpapi:search');
    const answers = [
      await evaluate(service.url, question),
      await evaluate(replica.url, question),
      await evaluate(service.url, question),
    ];
    const decided = answers.map(({ decision, context: { permit, ...context } }) => {
      assert.ok(permit);
      return { decision, context };
    });
    assert.deepEqual(decided, [decided[0], decided[0], decided[0]]);
    await storedRecordOf(database, question);
  });

  it('is none for another question under the same id', async () => {
    const question = questionOf('scraper', 'serpapi:search');
    await evaluate(service.url, question);
    const other = { ...question, context: { ...question.context, params: { q: 'another' } } };
    const response = await postEvaluation(replica.url, other);
    assert.equal(response.status, 409);
    assert.equal(problemSchema.parse(await response.json()).code, 'conflict');
  });

  it('leaves nothing personal in Redis or in the trail that can be read', async () => {
    const recipient = ['ada.lovelace@company.com'];
    const url = ['https://example.com/people?name=lovelace'];
    const question = questionOf('engager', 'gmail_send:send', { facts: { url, model: [], recipient } });
    await evaluate(service.url, question);
    const record = await storedRecordOf(database, question);
    assert.deepEqual(record.facts, {
      url: ['https://example.com/people'],
      model: [],
      recipient: ['*@company.com'],
    });
    const texts = [JSON.stringify(record)];
    for await (const keys of redis.client.scanIterator({ TYPE: 'string' })) {
      for (const key of keys) texts.push(String(await redis.client.get(key)));
    }
    assert.ok(texts.some((text) => text.includes(question.context.callId)));
    assert.ok(texts.every((text) => !text.includes('lovelace')));
  });

  it('in a dry run leaves nothing at all', async () => {
    const question = questionOf('scraper', 'serpapi:search', { dryRun: true });
    const { context } = await evaluate(service.url, question);
    assert.equal(context.recordedAt, undefined);
    const later = questionOf('scraper', 'serpapi:search');
    await evaluate(service.url, later);
    await storedRecordOf(database, later);
    const keys = await redis.client.keys(`*${question.context.callId}*`);
    assert.deepEqual(keys, []);
  });
});

describe('without a record', () => {
  afterEach(() => link.mend());

  for (const how of ['sever', 'stall'] as const) {
    it(`there is no decision: the state Redis is away (${how}); with it decisions are back`, async () => {
      await link[how]();
      const startedAt = performance.now();
      const response = await postEvaluation(service.url, questionOf('scraper', 'serpapi:search'));
      const problem = problemSchema.parse(await response.json());
      assert.deepEqual([response.status, problem.code], [503, 'policy.unavailable']);
      assert.equal(response.headers.get('retry-after'), '1');
      assert.ok(performance.now() - startedAt < 1_500);
      await link.mend();
      await eventually(async () => {
        const again = await postEvaluation(service.url, questionOf('scraper', 'serpapi:search'));
        return again.status === 200;
      }, 10_000);
    });
  }

  it('a dry run is answered all the same', async () => {
    await link.sever();
    const { decision } = await evaluate(
      service.url,
      questionOf('scraper', 'serpapi:search', { dryRun: true }),
    );
    assert.equal(decision, true);
  });

  it('there is no decision: as much waits to be stored as may wait', async () => {
    const full = await createTestRedis();
    await writeRevocationList(full.client);
    // What a replica has taken that died waits for some seconds until another one takes it.
    for (const { key } of auditStreams) {
      await full.client.xAdd(key, '*', { item: 'waiting' });
      await full.client.xGroupCreate(key, auditGroup, '0');
      await full.client.xReadGroup(auditGroup, 'dead', { key, id: '>' });
    }
    const unused = await createServiceDatabase();
    const bounded = await startPolicyService(unused.url, { REDIS_URL: full.url, AUDIT_BACKLOG_MAX: '16' });
    try {
      const response = await postEvaluation(bounded.url, questionOf('scraper', 'serpapi:search'));
      assert.deepEqual(
        [response.status, problemSchema.parse(await response.json()).code],
        [503, 'policy.unavailable'],
      );
    } finally {
      await bounded.stop();
      await Promise.all([full.drop(), unused.drop()]);
    }
  });

  it('nothing is counted as decided', async () => {
    const before = await countOf('gateway_policy_decision_duration_ms_count');
    await link.sever();
    await postEvaluation(service.url, questionOf('scraper', 'serpapi:search'));
    assert.equal(await countOf('gateway_policy_decision_duration_ms_count'), before);
  });
});
