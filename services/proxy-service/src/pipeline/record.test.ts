import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Usage } from '@4runr/contracts/call';
import { type Costs, chatCostExample } from '@4runr/contracts/cost';
import type { Refusal } from '@4runr/decision-ledger';
import { ProblemError } from '@4runr/service-kit/errors';
import { createLogger, createMetrics } from '@4runr/service-kit/telemetry';
import { received, resolved, tools, web } from '../../test/fixtures/calls.ts';
import { type CacheHandling, type Hit, passedBy } from '../domain/cache/cache-handling.ts';
import type { ReceivedCall } from '../domain/call.ts';
import { costsOf } from '../domain/call-costs.ts';
import { AdapterFailure } from '../mesh/call-failure.ts';
import { createProxyMetrics } from '../metrics.ts';
import type { Outcome } from './outcome.ts';
import { createRecorder } from './record.ts';
import type { Settlement } from './settlement.ts';

async function record(call: ReceivedCall, outcome: Outcome) {
  const lines: string[] = [];
  const logger = createLogger(
    { service: 'proxy-service', level: 'info' },
    { write: (line) => void lines.push(line) },
  );
  const registry = createMetrics({ service: 'test', version: '0' });
  const ledger = { settle: async () => {} };
  const refused: Refusal[] = [];
  const refusals = { record: (refusal: Refusal) => void refused.push(refusal) };
  const metrics = createProxyMetrics(registry);
  const events: string[] = [];
  const kit = { logger, reportSecurityEvent: (event: string) => void events.push(event) };
  await createRecorder({ kit, tools, metrics, ledger, refusals })(call, outcome);
  assert.equal(lines.length, 1);
  return {
    line: JSON.parse(lines[0] ?? '') as Record<string, unknown>,
    metrics: await registry.expose(),
    refused,
    events,
  };
}

const gone = AbortSignal.abort();
const failed = (...problem: ConstructorParameters<typeof ProblemError>): Outcome => ({
  kind: 'failed',
  problem: new ProblemError(...problem),
});
const counted = (metrics: string) =>
  /^gateway_requests_total\{tool="(.*)",action="(.*)",code="(.*)",service="test"\} 1$/m
    .exec(metrics)
    ?.slice(1);

describe('the record of a call', () => {
  it('is one line with who, what, the decision, the outcome and the time', async () => {
    const { agent } = resolved(web, 'fetch');
    const observed = { timings: { upstream: 1.5 }, agent, decisionId: 'dec_1' };
    const { line, metrics } = await record(received({ observed }), { kind: 'completed' });
    const { event, call_id, tool, action, agent: id, decision_id, status, outcome, upstream_ms } = line;
    assert.deepEqual(
      [event, call_id, tool, action, id, decision_id, status, outcome, upstream_ms],
      ['call', 'call_1', 'web', 'fetch', 'agt_1', 'dec_1', 200, 'completed', 1.5],
    );
    assert.deepEqual(counted(metrics), ['web', 'fetch', '200']);
    assert.ok(!metrics.includes('agt_1'), 'no label holds an agent’s id');
  });

  it('counts a failure by its code and by whose fault it is, and no answer that nobody waits for', async () => {
    const failures = (metrics: string) => metrics.match(/^gateway_failures_total\{.*$/gm);
    const { metrics } = await record(received(), failed('upstream.timeout'));
    assert.deepEqual(failures(metrics), [
      'gateway_failures_total{tool="web",action="fetch",problem="upstream.timeout",fault="upstream",service="test"} 1',
    ]);
    const left = await record(received({ signal: gone }), failed('upstream.timeout'));
    assert.equal(failures(left.metrics), null);
  });

  it('is a security event where the egress guard has refused a target, and not where something else has failed', async () => {
    assert.deepEqual((await record(received(), failed('target.forbidden'))).events, [
      'authorization_violation',
    ]);
    assert.deepEqual((await record(received(), failed('upstream.timeout'))).events, []);
  });

  it('tells operators the provider’s own status and code', async () => {
    const cause = new AdapterFailure(new Error('the adapter answered 502'), 'RESOURCE_EXHAUSTED');
    const problem = { cause, extensions: { upstreamStatus: 429 } };
    const { line } = await record(received(), failed('upstream.failed', problem));
    assert.deepEqual(
      [line.code, line.upstream_status, line.upstream_code],
      ['upstream.failed', 429, 'RESOURCE_EXHAUSTED'],
    );
  });

  const rows: Readonly<Record<string, [call: ReceivedCall, outcome: Outcome, labels: string[]]>> = {
    'a failure counts under its status': [received(), failed('quota.exceeded'), ['web', 'fetch', '429']],
    'a client that left counts as 499': [
      received({ signal: gone }),
      { kind: 'abandoned' },
      ['web', 'fetch', '499'],
    ],
    'so it does when its call was carried through': [
      received({ signal: gone }),
      { kind: 'completed' },
      ['web', 'fetch', '499'],
    ],
    'a tool that nobody has is unknown, and so is its action': [
      received({ toolName: 'hostile"} 1', actionName: 'fetch' }),
      failed('tool.unknown'),
      ['unknown', 'unknown', '404'],
    ],
    'an action that the tool does not have is unknown': [
      received({ actionName: '__proto__' }),
      failed('action.unknown'),
      ['web', 'unknown', '404'],
    ],
    'a tool whose adapter has not told of it goes by its name': [
      received({ toolName: 'quiet' }),
      failed('service.unavailable'),
      ['quiet', 'unknown', '503'],
    ],
  };
  for (const [guarantee, [call, outcome, labels]] of Object.entries(rows)) {
    it(guarantee, async () => assert.deepEqual(counted((await record(call, outcome)).metrics), labels));
  }

  it('keeps the cause of a failure that no client was there to be told of', async () => {
    const outcome = failed('upstream.outcome_unknown', { cause: new Error('the connection broke') });
    const { line } = await record(received({ signal: gone }), outcome);
    assert.deepEqual([line.status, line.code], [499, 'upstream.outcome_unknown']);
    assert.match(JSON.stringify(line.err), /the connection broke/);
  });

  it('has the gateway cost neither the provider’s time nor pauses between attempts', async () => {
    const observed = { timings: { upstream: 20_000, backoff: 30_000 } };
    const call = received({ observed, startedAt: performance.now() - 50_100 });
    const { metrics } = await record(call, { kind: 'completed' });
    const sum = Number(/^gateway_overhead_duration_ms_sum\{.*\} (.*)$/m.exec(metrics)?.[1]);
    assert.ok(sum >= 100 && sum < 10_000, String(sum));
  });

  it('never has the gateway cost less than nothing', async () => {
    const observed = { timings: { upstream: 60_000 } };
    const { metrics } = await record(received({ observed }), { kind: 'completed' });
    assert.match(metrics, /^gateway_overhead_duration_ms_sum\{.*\} 0$/m);
  });
});

describe('the settlement of a call', () => {
  const chatCosts = costsOf(chatCostExample, { model: 'gpt-4o-mini' });
  const decided = {
    agent: resolved(web, 'fetch').agent,
    recordedAt: '2025-10-09T08:53:05.120Z',
    attempts: 1,
  };

  /** What the ledger is told, and whether the record waits for it. */
  async function settle(call: ReceivedCall, outcome: Outcome) {
    const told: Settlement[] = [];
    const { promise: never } = Promise.withResolvers<void>();
    const ledger = {
      settle: (settlement: Settlement) => {
        told.push(settlement);
        return never;
      },
    };
    const kit = {
      logger: createLogger({ service: 'proxy-service', level: 'silent' }),
      reportSecurityEvent: () => {},
    };
    const metrics = createProxyMetrics(createMetrics({ service: 'test', version: '0' }));
    const refusals = { record: () => {} };
    const recording = createRecorder({ kit, tools, metrics, ledger, refusals })(call, outcome).then(
      () => false,
    );
    const isWaiting = await Promise.race([recording, new Promise((resolve) => setImmediate(resolve, true))]);
    return { told, isWaiting };
  }

  it('tells of a read while it is answered, and of an effect before', async () => {
    const observed = { timings: {}, ...decided };
    const read = await settle(received({ observed }), { kind: 'completed' });
    const effect = await settle(received({ observed, toolName: 'mail', actionName: 'send' }), {
      kind: 'completed',
    });
    assert.deepEqual([read.told.length, read.isWaiting], [1, false]);
    assert.deepEqual([effect.told.length, effect.isWaiting], [1, true]);
  });

  it('says which call it was, what came of it and what it used', async () => {
    const usage = { inputTokens: 12, outputTokens: 40 };
    const observed = { timings: {}, ...decided, costs: chatCosts, usage };
    const { told } = await settle(received({ observed }), { kind: 'completed' });
    const { durationMs, ...outcome } = told[0]?.outcome ?? assert.fail();
    assert.ok(durationMs >= 0);
    assert.deepEqual(outcome, {
      ...{ kind: 'call', part: 'outcome', id: 'call_1', at: decided.recordedAt, agent: 'agt_1' },
      ...{ tool: 'web', action: 'fetch', outcome: 'completed', code: null, status: 200 },
      ...{ attempts: 1, dispatched: 'yes', cache: 'bypass', usage, usdMicros: 26 },
    });
    assert.deepEqual(told[0]?.consumption, { isGivenBack: false, used: { tokens: 52, usdMicros: 26 } });
  });

  const refusedWith = (upstreamStatus: number) =>
    failed('upstream.rejected', { extensions: { dispatched: 'yes', upstreamStatus } });
  const nothing = { tokens: 0, usdMicros: 0 };
  const costsOfEnds: Record<string, [outcome: Outcome, usage: Usage | undefined, used: Costs]> = {
    'stay as reserved where the adapter reports nothing': [{ kind: 'completed' }, undefined, {}],
    'stay as reserved where it reports the half': [{ kind: 'completed' }, { inputTokens: 12 }, {}],
    'stay as reserved where the client left': [{ kind: 'abandoned' }, undefined, {}],
    'stay as reserved where the provider broke down': [refusedWith(500), undefined, {}],
    'stay as reserved where the provider may still be at it': [refusedWith(408), undefined, {}],
    'are nothing where the provider refused': [refusedWith(429), undefined, nothing],
    'count where the answer was withheld': [
      failed('response.blocked', { extensions: { dispatched: 'yes' } }),
      { inputTokens: 12, outputTokens: 40 },
      { tokens: 52, usdMicros: 26 },
    ],
  };
  for (const [guarantee, [outcome, usage, used]] of Object.entries(costsOfEnds))
    it(`knows costs that ${guarantee}`, async () => {
      const reported = usage === undefined ? {} : { usage };
      const observed = { timings: {}, ...decided, costs: chatCosts, ...reported };
      assert.deepEqual((await settle(received({ observed }), outcome)).told[0]?.consumption.used, used);
    });

  it('knows no costs of a call of which an earlier attempt may have had some', async () => {
    const usage = { inputTokens: 12, outputTokens: 40 };
    const lost = { hasUntoldCosts: true as const, attempts: 2 };
    const observed = { timings: {}, ...decided, costs: chatCosts, usage, ...lost };
    const { told } = await settle(received({ observed }), { kind: 'completed' });
    assert.deepEqual(told[0]?.consumption.used, {});
  });

  const hit: Hit = { kind: 'hit', ageSeconds: 1, ttlSeconds: 59, refresh: 'none' };
  const stale: Hit = { ...hit, ttlSeconds: -1, refresh: 'under_way' };
  const collapsed: CacheHandling = { ...passedBy, because: 'miss', isCollapsed: true };
  const served: Record<string, [handling: CacheHandling, used: Costs, dispatched: string]> = {
    'costs nothing': [hit, nothing, 'no'],
    'costs nothing where it is stale': [stale, nothing, 'no'],
    'costs what is reserved where the call has set off that it is fetched anew': [
      { ...stale, refresh: 'begun' },
      {},
      'no',
    ],
    'costs nothing where another call has fetched it': [collapsed, nothing, 'yes'],
  };
  for (const [guarantee, [cacheHandling, used, dispatched]] of Object.entries(served))
    it(`knows that an answer of the cache counts as a call, and ${guarantee}`, async () => {
      const observed = { timings: {}, ...decided, attempts: 0, costs: chatCosts, cacheHandling };
      const { told } = await settle(received({ observed }), { kind: 'completed' });
      assert.deepEqual(told[0]?.consumption, { isGivenBack: false, used });
      assert.deepEqual([told[0]?.outcome.attempts, told[0]?.outcome.dispatched], [0, dispatched]);
    });

  it('gives back what took part in another’s exchange that was never dispatched', async () => {
    const observed = { timings: {}, ...decided, attempts: 0, cacheHandling: collapsed };
    const { told } = await settle(
      received({ observed }),
      failed('service.unavailable', { extensions: { dispatched: 'no' } }),
    );
    assert.equal(told[0]?.consumption.isGivenBack, true);
  });

  const untouched = { timings: {}, ...decided, attempts: 0 };
  const attempted = { timings: {}, ...decided };
  const abandoned: Outcome = { kind: 'abandoned' };
  const rows: Record<string, [observed: ReceivedCall['observed'], outcome: Outcome, isGivenBack: boolean]> = {
    'a call that never came to its adapter': [untouched, failed('policy.unavailable'), true],
    'a call whose client left before that': [untouched, abandoned, true],
    'a call that its adapter says was never dispatched': [
      attempted,
      failed('upstream.failed', { extensions: { dispatched: 'no' } }),
      true,
    ],
    'a call that may have been': [
      attempted,
      failed('upstream.timeout', { extensions: { dispatched: 'maybe' } }),
      false,
    ],
    'a call of which nobody says': [attempted, failed('internal'), false],
    'a call that was, and failed': [
      attempted,
      failed('upstream.rejected', { extensions: { dispatched: 'yes' } }),
      false,
    ],
    'a call whose client left meanwhile': [attempted, abandoned, false],
    'a call that was carried out': [attempted, { kind: 'completed' }, false],
  };
  for (const [name, [observed, outcome, isGivenBack]] of Object.entries(rows)) {
    it(`${isGivenBack ? 'gives back' : 'keeps'} what was taken for ${name}`, async () => {
      const { told } = await settle(received({ observed }), outcome);
      assert.equal(told[0]?.consumption.isGivenBack, isGivenBack);
      assert.equal(told[0].outcome.dispatched === 'no', isGivenBack);
    });
  }

  it('is none where nothing was allowed', async () => {
    const { recordedAt: _recordedAt, ...undecided } = decided;
    for (const observed of [{ timings: {} }, { timings: {}, ...undecided }]) {
      assert.deepEqual((await settle(received({ observed }), failed('policy.denied'))).told, []);
    }
  });
});

describe('the record of a call that nobody decided', () => {
  const { agent } = resolved(web, 'fetch');
  const refuse = async (call: Partial<ReceivedCall>, outcome: Outcome) =>
    (await record(received({ observed: { timings: {}, agent }, ...call }), outcome)).refused;

  it('says who called, for what, and how it failed', async () => {
    const [refusal] = await refuse({}, failed('params.invalid'));
    const { durationMs, ...item } = refusal?.item ?? assert.fail();
    assert.ok(durationMs >= 0);
    assert.equal(refusal?.isAsked, false);
    assert.deepEqual(item, {
      ...{ kind: 'call', part: 'refusal', id: 'call_1', agent: 'agt_1', tool: 'web', action: 'fetch' },
      ...{ role: 'scraper', act: null, traceId: received().traceId, outcome: 'failed' },
      ...{ code: 'params.invalid', status: 422, attempts: 0, dispatched: 'no', cache: 'bypass' },
    });
  });

  it('holds no name that no adapter has told of', async () => {
    const call = { toolName: 'x'.repeat(1_000), actionName: '<script>' };
    const [refusal] = await refuse(call, failed('tool.unknown'));
    assert.deepEqual([refusal?.item.tool, refusal?.item.action], ['unknown', 'unknown']);
  });

  it('tells when policy was asked and its answer is not known', async () => {
    const observed = { timings: { policy: 500 }, agent };
    const [refusal] = await refuse({ observed }, failed('policy.unavailable'));
    assert.equal(refusal?.isAsked, true);
  });

  it('is one of a call that its client left, too', async () => {
    const [refusal] = await refuse({ signal: gone }, { kind: 'abandoned' });
    assert.deepEqual([refusal?.item.outcome, refusal?.item.status], ['abandoned', 499]);
  });

  it('is none where nobody was authenticated, and none beside the record of a decision', async () => {
    assert.deepEqual(await refuse({ observed: { timings: {} } }, failed('token.invalid')), []);
    const decided = { timings: {}, agent, decisionId: 'dec_1' };
    assert.deepEqual(await refuse({ observed: decided }, failed('policy.denied')), []);
  });
});
