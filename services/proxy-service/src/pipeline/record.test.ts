import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '@4runr/service-kit/errors';
import { createLogger, createMetrics } from '@4runr/service-kit/telemetry';
import { received, resolved, tools, web } from '../../test/fixtures/calls.ts';
import type { ReceivedCall } from '../domain/call.ts';
import { createProxyMetrics } from '../metrics.ts';
import { createRecorder, type Outcome } from './record.ts';

async function record(call: ReceivedCall, outcome: Outcome) {
  const lines: string[] = [];
  const logger = createLogger(
    { service: 'proxy-service', level: 'info' },
    { write: (line) => void lines.push(line) },
  );
  const registry = createMetrics({ service: 'test', version: '0' });
  createRecorder({ kit: { logger }, tools, metrics: createProxyMetrics(registry) })(call, outcome);
  assert.equal(lines.length, 1);
  return {
    line: JSON.parse(lines[0] ?? '') as Record<string, unknown>,
    metrics: await registry.expose(),
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

  it('never has the gateway cost less than nothing', async () => {
    const observed = { timings: { upstream: 60_000 } };
    const { metrics } = await record(received({ observed }), { kind: 'completed' });
    assert.match(metrics, /^gateway_overhead_duration_ms_sum\{.*\} 0$/m);
  });
});
