import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { callResponseSchema } from '@4runr/contracts/call';
import { enrolAgent } from './mesh/agents.ts';
import { whileFrozen } from './mesh/frozen-part.ts';
import { type Answer, askAsOperator, askForToken, callTool, codeOf, stack, tokenOf } from './mesh/gateway.ts';
import { askJob, submit } from './mesh/jobs.ts';
import { storePolicy } from './mesh/policies.ts';

/** Of this file alone: it may call everything, with any time that a row asks for. */
const role = 'e2e-degraded';
let token: string;
let earlierJob: string;

const healsWithinMs = 10_000;
const times = 10;

/** What an answer says: `kept` where the cache gave it, else as `codeOf`. */
function sayingOf(answer: Answer): string {
  const isKept = callResponseSchema.safeParse(answer.json).data?.meta.cache === 'hit';
  return isKept ? 'kept' : codeOf(answer);
}

const call = (action: string, params: object, headers: Readonly<Record<string, string>> = {}) =>
  callTool(action, params, { token, headers });
const noStore = { 'cache-control': 'no-store' };
const mail = { to: 'ada@company.com', subject: 'degraded', text: 'Hello' };

/** What is asked of the mesh, and what is answered as long as it is whole. */
const questions = {
  search: { whole: '200', ask: () => call('serpapi/search', { q: 'degraded' }, noStore) },
  'kept search': { whole: 'kept', ask: () => call('serpapi/search', { q: 'degraded and kept' }) },
  page: { whole: '200', ask: () => call('http_fetch/get', { url: 'https://example.com/' }, noStore) },
  mail: { whole: '200', ask: () => call('gmail_send/send', mail) },
  // More than half of the time that the action has: callers who give less are no sign.
  summary: {
    whole: '200',
    ask: () => call('wikipedia/summary', { title: 'Earth' }, { ...noStore, prefer: 'wait=6' }),
  },
  job: { whole: '202', ask: () => call('serpapi/search', { q: 'degraded' }, { prefer: 'respond-async' }) },
  'earlier job': { whole: '200', ask: () => askJob(earlierJob, 'GET', { token }) },
  token: { whole: '200', ask: () => askForToken('scraper') },
  agents: { whole: '200', ask: () => askAsOperator('/v1/agents?limit=1', 'GET') },
  policies: { whole: '200', ask: () => askAsOperator('/v1/policies', 'GET') },
  audit: { whole: '200', ask: () => askAsOperator('/v1/audit?limit=1', 'GET') },
} as const satisfies Record<string, { whole: string; ask: () => Promise<Answer> }>;

type Question = keyof typeof questions;
type Sayings = Partial<Record<Question, string>>;

/** What is answered while a part is frozen, question by question, each asked ten times at once: as many failures as open a breaker. */
interface Outage {
  readonly part: string;
  readonly means: string;
  /** Round by round. */
  readonly says: readonly [Sayings, ...Sayings[]];
  /** Longest wait for an answer, in milliseconds, on a machine that is busy besides. */
  readonly withinMs: number;
}

const unavailable = 'service.unavailable';
const noDecision = { search: 'policy.unavailable', page: 'policy.unavailable', mail: 'policy.unavailable' };
const callsGoOn = { search: '200', page: '200', mail: '200' };

/** The last paragraph of the design's section 6. */
const outages: readonly Outage[] = [
  {
    part: 'auth-service',
    means: 'verifiable tokens still work, no new ones',
    says: [{ ...callsGoOn, token: 'temporarily_unavailable', agents: unavailable }],
    // The edge gives a silent service up after ten seconds.
    withinMs: 15_000,
  },
  {
    part: 'policy-service',
    means: 'no decision, no call',
    says: [noDecision],
    withinMs: 5_000,
  },
  {
    part: 'redis-state',
    means: 'no record, no call',
    says: [{ ...noDecision, token: 'temporarily_unavailable' }, noDecision],
    withinMs: 5_000,
  },
  {
    part: 'redis-cache',
    means: 'calls go on uncached',
    says: [
      { ...callsGoOn, 'kept search': '200' },
      { ...callsGoOn, 'kept search': '200' },
    ],
    withinMs: 5_000,
  },
  {
    part: 'postgres',
    means: 'calls go on, jobs and operators’ calls are unavailable',
    says: [
      {
        ...callsGoOn,
        ...{ job: unavailable, 'earlier job': unavailable },
        ...{ agents: unavailable, policies: unavailable, audit: unavailable },
      },
    ],
    withinMs: 10_000,
  },
  {
    part: 'adapter-wikipedia',
    means: 'its breaker opens, other tools are untouched',
    says: [
      { ...callsGoOn, summary: 'upstream.timeout' },
      { ...callsGoOn, summary: 'breaker.open' },
    ],
    withinMs: 12_000,
  },
];

const namesIn = (asked: Partial<Record<Question, unknown>>) => Object.keys(asked) as Question[];

async function assertSays(expected: Sayings, withinMs: number): Promise<void> {
  const asked = namesIn(expected).flatMap((name) => Array.from({ length: times }, () => name));
  await Promise.all(
    asked.map(async (name) => {
      const startedAt = performance.now();
      const answer = await questions[name].ask();
      const tookMs = performance.now() - startedAt;
      assert.equal(sayingOf(answer), expected[name], `${name}: ${answer.text}`);
      assert.ok(tookMs < withinMs, `${name}: answered after ${tookMs} ms`);
    }),
  );
}

async function untilWhole(asked: Partial<Record<Question, unknown>>): Promise<void> {
  const startedAt = performance.now();
  for (const name of namesIn(asked)) {
    let answer = await questions[name].ask();
    while (sayingOf(answer) !== questions[name].whole) {
      assert.ok(performance.now() - startedAt < healsWithinMs, `${name}: ${answer.text}`);
      await wait(50);
      answer = await questions[name].ask();
    }
  }
}

const pids = () => stack().parts.map(({ name, pid }) => [name, pid]);

before(async () => {
  await storePolicy({
    name: role,
    subjects: { roles: [role] },
    allow: ['serpapi:search', 'http_fetch:get', 'gmail_send:send', 'wikipedia:summary'],
  });
  token = await enrolAgent(role);
  await tokenOf('operator');
  await untilWhole({ search: '200' });
  earlierJob = await submit('serpapi/search', { q: 'degraded' }, { token });
  await questions['kept search'].ask();
  await untilWhole(questions);
});

describe('while a part is frozen', () => {
  for (const { part, means, says, withinMs } of outages) {
    it(`${part}: ${means}; afterwards all is well without a restart`, async () => {
      const before = pids();
      await whileFrozen(stack(), part, async () => {
        for (const sayings of says) await assertSays(sayings, withinMs);
      });
      await untilWhole(says[0]);
      assert.deepEqual(pids(), before);
    });
  }
});
