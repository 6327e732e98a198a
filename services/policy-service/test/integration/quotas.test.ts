import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EvaluationResponse, evaluationResponseSchema } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createTestRedis, type TestRedis, writeRevocationList } from '@4runr/service-kit/testing';
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

/** Roles of their own, so that tests do not take from one another. */
const policies: readonly Policy[] = [
  {
    name: 'hourly',
    subjects: { roles: ['reader'] },
    allow: ['serpapi:search', 'http_fetch:get'],
    quotas: [
      { scope: 'serpapi:search', limit: 3, window: '1h' },
      { scope: 'serpapi:search', limit: 2, window: '30d', algorithm: 'fixed' },
    ],
  },
  {
    name: 'shared',
    subjects: { roles: ['sharer'] },
    allow: ['serpapi:search'],
    quotas: [{ scope: 'serpapi:search', limit: 50, window: '30d', per: 'role' }],
  },
  {
    name: 'costly',
    subjects: { roles: ['spender'] },
    allow: ['openai:chat'],
    quotas: [{ scope: 'openai:chat', limit: 1_000, window: '1h', cost: 'tokens' }],
  },
];

let database: ServiceDatabase;
let redis: TestRedis;
let replicas: RunningService[];
before(async () => {
  database = await createServiceDatabase();
  redis = await createTestRedis();
  await writeRevocationList(redis.client);
  const start = () => startPolicyService(database.url, { REDIS_URL: redis.url });
  replicas = [await start(), await start(), await start()];
  for (const policy of policies) await activate(database.kysely, policy);
  for (let replica = 0; replica < replicas.length; replica += 1) {
    const knows = async () =>
      (await ask({ role: 'spender', scope: 'openai:chat', replica, dryRun: true })).decision;
    await eventually(knows, 10_000);
  }
});
after(async () => {
  await Promise.all(replicas.map((service) => service.stop()));
  await redis.drop();
  await database.drop();
});

interface Asked {
  readonly role: string;
  readonly agent?: string;
  readonly scope?: string;
  readonly replica?: number;
  readonly dryRun?: boolean;
  readonly costs?: { readonly tokens: number };
}

/** The answer to a question about a call that was never asked about. */
function ask({
  role,
  agent = `agt_${role}`,
  scope = 'serpapi:search',
  replica = 0,
  ...context
}: Asked): Promise<EvaluationResponse> {
  const question = questionOf(role, scope, context);
  return evaluate(replicas[replica]?.url ?? '', { ...question, subject: { ...question.subject, id: agent } });
}

const countAllowed = (answers: readonly EvaluationResponse[]) =>
  answers.filter(({ decision }) => decision).length;

describe('quotas of policies', () => {
  it('say with each answer what is left, and refuse what exceeds one, saying when to try again', async () => {
    const answers = [];
    for (let call = 0; call < 3; call += 1) answers.push(await ask({ role: 'reader', replica: call }));
    assert.deepEqual(
      answers.map(({ decision, context }) => [decision, context.quota.map(({ remaining }) => remaining)]),
      [
        [true, [2, 1]],
        [true, [1, 0]],
        [false, [1, 0]],
      ],
    );
    const { context } = answers[2] ?? assert.fail();
    assert.deepEqual(
      [context.permit, context.policy?.name, context.reasons.map(({ rule, pointer }) => [rule, pointer])],
      [undefined, 'hourly', [['quota', '/quotas/1']]],
    );
    const { retryAfterSeconds = 0 } = context;
    assert.ok(retryAfterSeconds > 0 && retryAfterSeconds <= 30 * 86_400);
    assert.deepEqual(
      context.quota.map(({ pointer, limit, windowSeconds }) => [pointer, limit, windowSeconds]),
      [
        ['/quotas/0', 3, 3_600],
        ['/quotas/1', 2, 30 * 86_400],
      ],
    );
  });

  it('are each agent’s own, and of their scope alone', async () => {
    assert.equal((await ask({ role: 'reader', agent: 'agt_fresh' })).decision, true);
    const { decision, context } = await ask({ role: 'reader', scope: 'http_fetch:get' });
    assert.deepEqual([decision, context.quota], [true, []]);
  });

  it('are not taken by a dry run, nor by whoever repeats a question', async () => {
    const agent = 'agt_careful';
    await ask({ role: 'reader', agent, dryRun: true });
    const question = questionOf('reader', 'serpapi:search');
    const repeated = { ...question, subject: { ...question.subject, id: agent } };
    for (const { url } of [...replicas, ...replicas]) {
      const answer = evaluationResponseSchema.parse(await (await postEvaluation(url, repeated)).json());
      assert.deepEqual(
        [answer.decision, answer.context.quota.map(({ remaining }) => remaining)],
        [true, [2, 1]],
      );
    }
  });

  it('of a role are exactly kept by three replicas that decide for many agents at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, call) =>
        ask({ role: 'sharer', agent: `agt_${call % 40}`, replica: call % 3 }),
      ),
    );
    assert.equal(countAllowed(answers), 50);
  });

  it('of tokens take the most that a call may use, and deny one of which that is not known', async () => {
    const asked = { role: 'spender', scope: 'openai:chat' };
    const first = await ask({ ...asked, costs: { tokens: 700 } });
    assert.deepEqual([first.decision, first.context.quota[0]?.remaining], [true, 300]);
    const tooMuch = await ask({ ...asked, costs: { tokens: 301 } });
    assert.deepEqual([tooMuch.decision, tooMuch.context.reasons[0]?.rule], [false, 'quota']);
    const unknown = await ask(asked);
    assert.deepEqual([unknown.decision, unknown.context.retryAfterSeconds], [false, undefined]);
    assert.equal((await ask({ ...asked, costs: { tokens: 300 } })).decision, true);
  });

  it('that refuse are counted by themselves, and not as denials', async () => {
    await ask({ role: 'reader' });
    const text = await (await fetch(`${replicas[0]?.url}/metrics`)).text();
    assert.match(text, /^gateway_quota_rejections_total\{tool="serpapi",action="search",.*\} [1-9]/m);
    assert.doesNotMatch(
      text,
      /^gateway_policy_denials_total\{tool="serpapi",action="search",reason="quota"/m,
    );
  });
});
