import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Fault } from '@4runr/contracts/fault';
import {
  type AdaptersUnderFault,
  everyAction,
  type FaultyCall,
  startAdaptersUnderFault,
} from './mesh/adapters-under-fault.ts';
import { clearFaults, setFault } from './mesh/faults.ts';
import { makeFaultyCalls, untilSocketsAreClosed } from './mesh/faulty-calls.ts';
import { stack } from './mesh/gateway.ts';
import { arrivals, faultsOf } from './mesh/simulator.ts';

const simulatorUrl = stack().simulator?.url ?? '';
const timeLimitMs = 400;
/** What answering may take beyond the time limit, on a machine that is busy. */
const slackMs = 5_000;

/** What is to be told of a call: code, whether bytes may have reached the provider, and the status that it answered. */
type Outcome = readonly [code: string, dispatched: 'no' | 'maybe' | 'yes', upstreamStatus?: number];
type Kind = 'read' | 'effect' | 'head';

interface Row {
  readonly what: string;
  readonly fault: Fault;
  readonly outcomes: Readonly<Record<Kind, Outcome | 'succeeds'>>;
}

const alike = (outcome: Outcome | 'succeeds'): Row['outcomes'] => ({
  read: outcome,
  effect: outcome,
  head: outcome,
});

/**
 * What breaks off leaves open whether an effect has happened; HEAD, which gets no body, breaks off within the answer's head. A stream
 * ends as any other read does: when its head is out already, by its last event.
 */
const rows: readonly Row[] = [
  {
    what: 'is not answered in time',
    fault: { mode: 'timeout', rate: 1 },
    outcomes: {
      read: ['upstream.timeout', 'maybe'],
      effect: ['upstream.outcome_unknown', 'maybe'],
      head: ['upstream.timeout', 'maybe'],
    },
  },
  {
    what: 'is answered late, but in time',
    fault: { mode: 'latency', rate: 1, latencyMs: 100 },
    outcomes: alike('succeeds'),
  },
  {
    what: 'is answered too late',
    fault: { mode: 'latency', rate: 1, latencyMs: 10_000 },
    outcomes: {
      read: ['upstream.timeout', 'maybe'],
      effect: ['upstream.outcome_unknown', 'maybe'],
      head: ['upstream.timeout', 'maybe'],
    },
  },
  {
    what: 'meets a provider that fails',
    fault: { mode: 'error', rate: 1 },
    outcomes: alike(['upstream.failed', 'yes', 500]),
  },
  {
    what: 'meets a gateway that has lost the answer',
    fault: { mode: 'error', rate: 1, status: 504 },
    outcomes: {
      read: ['upstream.failed', 'yes', 504],
      effect: ['upstream.outcome_unknown', 'yes', 504],
      head: ['upstream.failed', 'yes', 504],
    },
  },
  {
    what: 'loses its connection',
    fault: { mode: 'reset', rate: 1 },
    outcomes: {
      read: ['upstream.failed', 'maybe'],
      effect: ['upstream.outcome_unknown', 'maybe'],
      head: ['upstream.failed', 'maybe'],
    },
  },
  {
    what: 'gets half an answer',
    fault: { mode: 'truncate', rate: 1 },
    outcomes: {
      read: ['upstream.failed', 'yes'],
      effect: ['upstream.outcome_unknown', 'yes'],
      head: ['upstream.failed', 'maybe'],
    },
  },
  {
    what: 'gets an answer that cannot be read',
    fault: { mode: 'malformed', rate: 1 },
    outcomes: {
      read: ['upstream.failed', 'yes'],
      effect: ['upstream.outcome_unknown', 'yes'],
      head: ['upstream.failed', 'maybe'],
    },
  },
  {
    what: 'is asked to come again later',
    fault: { mode: 'rate_limit', rate: 1 },
    outcomes: alike(['upstream.failed', 'yes', 429]),
  },
];

const kindOf = ({ action, effect }: FaultyCall): Kind =>
  effect === 'effect' ? 'effect' : action === 'head' ? 'head' : 'read';

describe('a call of a real adapter', () => {
  let adapters: AdaptersUnderFault;
  before(async () => {
    adapters = await startAdaptersUnderFault({ simulatorUrl, timeLimitMs });
    // Fetches the access token, so that each mail below is one request.
    for (const { tool, action, params } of everyAction)
      assert.equal((await adapters.byTool[tool]?.call(action, params))?.status, 200, tool);
  });
  after(() => adapters.close());
  afterEach(clearFaults);

  for (const { what, fault, outcomes } of rows) {
    for (const call of everyAction) {
      const { tool, action, params, streamed, provider } = call;
      it(`of ${tool}:${action}${streamed ? ', streamed,' : ''} that ${what} (${fault.mode})`, async () => {
        await setFault(tool, fault);
        const [arrived, hit] = [await arrivals(), (await faultsOf(provider))[fault.mode] ?? 0];
        const startedAt = performance.now();
        const answer = await adapters.byTool[tool]?.call(action, params);
        assert.ok(performance.now() - startedAt < timeLimitMs + slackMs, 'within its time limit');
        const outcome = outcomes[kindOf(call)];
        if (outcome === 'succeeds') assert.equal(answer?.status, 200);
        else {
          const { code, dispatched, upstreamStatus } = answer?.body ?? {};
          assert.deepEqual(
            [code, dispatched, upstreamStatus],
            [...outcome, ...(outcome[2] ? [] : [undefined])],
          );
        }
        if (streamed && fault.mode === 'truncate')
          assert.deepEqual([answer?.status, answer?.body.pieces.length > 0], [200, true], 'broken midway');
        assert.equal(answer?.headers.get('retry-after') ?? null, fault.mode === 'rate_limit' ? '1' : null);
        assert.equal((await arrivals()) - arrived, 1, 'an adapter asks once');
        assert.equal(((await faultsOf(provider))[fault.mode] ?? 0) - hit, 1);
      });
    }
  }
});

it('adapters hold no connection any more when they have closed, whatever faults hit', async (t) => {
  t.after(clearFaults);
  const adapters = await startAdaptersUnderFault({ simulatorUrl, timeLimitMs: 2_000 });
  const outcomes = await makeFaultyCalls({ adapters, setFault, calls: 210, concurrency: 30 });
  await adapters.close();
  const succeeded = [...outcomes.values()].reduce((sum, counts) => sum + (counts.get('200') ?? 0), 0);
  assert.equal(succeeded, 30, 'a seventh of them is only late');
  await untilSocketsAreClosed();
});
