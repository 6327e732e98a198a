import { randomUUID } from 'node:crypto';
import type { CallResponse } from '@4runr/contracts/call';
import { type ProblemCode, problemKinds } from '@4runr/contracts/problem';
import { ProblemError } from '@4runr/service-kit/errors';
import { documentOf } from '@4runr/service-kit/http';
import type { BegunJob, JobEnd } from '../domain/job.ts';
import { serializeResult } from '../http/serialize-result.ts';
import { toAnswer } from '../pipeline/answer.ts';
import { outcomeOf } from '../pipeline/outcome.ts';
import type { RecalledCall } from '../pipeline/recall.ts';
import { createRecorder } from '../pipeline/record.ts';
import { createRunningPipeline, type RunningParts } from '../pipeline/steps.ts';

/** How a run ends: the job with it, or only the run, and the job's turn comes again. */
export type RunEnd = JobEnd | 'given back';

/** Why a run is to stop. */
export type StopReason = 'cancelled' | 'draining';

/** Carries one job out, as its own call with its own record. Never rejects. */
export type RunJob = (job: BegunJob, run: JobRun) => Promise<RunEnd>;

export interface JobRun {
  readonly traceId: string;
  /** Fires with a `StopReason`. What may have an effect is carried through once it is begun. */
  readonly signal: AbortSignal;
}

/** Whoever carried a job out and was lost so often may have been lost by it. */
const lossesMax = 3;

export interface RunJobParts extends RunningParts {
  /** Longest answer that is kept, in bytes of JSON. */
  readonly resultBytesMax: number;
  /** Longest time of a run, in seconds: nobody waits for it, but nothing takes for ever. */
  readonly runSecondsMax: number;
}

export function createJobRunner(parts: RunJobParts): RunJob {
  const steps = createRunningPipeline(parts);
  const record = createRecorder(parts);

  async function carryOut(job: BegunJob, { traceId, signal }: JobRun): Promise<RunEnd> {
    const ends: (() => void)[] = [];
    const call = recalled(job, { traceId, signal }, { ends, secondsMax: parts.runSecondsMax });
    const outcome = await outcomeOf<{ kind: 'completed'; answer: CallResponse }>(async () => {
      const answer = toAnswer(call, await steps.run(call));
      assertFits(serializeResult(answer), parts.resultBytesMax);
      return { kind: 'completed', answer };
    });
    await record(call, outcome);
    for (const end of ends) end();
    if (outcome.kind === 'completed') {
      return { status: 'succeeded', answer: { kind: 'result', result: outcome.answer } };
    }
    if (outcome.kind === 'abandoned') return signal.reason === 'draining' ? 'given back' : cancelled;
    const isBegun = (call.observed.attempts ?? 0) > 0;
    return !isBegun && isPassing(outcome.problem) ? 'given back' : failed(outcome.problem, traceId);
  }

  return async (job, run) => {
    if (job.isCancelAsked) return cancelled;
    return job.losses > lossesMax ? failed(new ProblemError('internal'), run.traceId) : carryOut(job, run);
  };
}

const cancelled: JobEnd = { status: 'cancelled' };

function failed(problem: ProblemError, traceId: string): JobEnd {
  return { status: 'failed', answer: { kind: 'problem', problem: documentOf(problem, traceId) } };
}

/**
 * What is in the way for now: another run of the job that may be lost, too many keys of its agent, a tool that is not called because
 * it fails.
 */
const inTheWay: ReadonlySet<ProblemCode> = new Set([
  'idempotency.in_progress',
  'rate.limited',
  'breaker.open',
]);

/** What a part of the gateway is missing for will pass, as will what is in the way; until then the job waits. */
function isPassing({ code }: ProblemError): boolean {
  const { fault, retryable } = problemKinds[code];
  return (fault === 'platform' && retryable) || inTheWay.has(code);
}

/** Every run is a call of its own: it is decided, counted and recorded for itself. */
function recalled(
  { id, order }: BegunJob,
  { traceId, signal }: JobRun,
  { ends, secondsMax }: { readonly ends: (() => void)[]; readonly secondsMax: number },
): RecalledCall {
  const startedAt = performance.now();
  const { toolName, actionName, intent, cacheControl, key, claims, params, requestBytes } = order;
  return {
    ...{
      callId: `call_${randomUUID()}`,
      traceId,
      toolName,
      actionName,
      intent,
      cacheControl,
      claims,
      signal,
    },
    idempotencyKeys: key === undefined ? [] : [quoted(key.value)],
    takesStream: false,
    presented: {
      ...{ authorization: undefined, dpop: [], method: 'POST', path: `/v1/tools/${toolName}/${actionName}` },
      offerNonce: () => {},
    },
    readBody: async () => ({ body: params, bytes: requestBytes }),
    onEnd: (end) => void ends.push(end),
    ...{ startedAt, endsAt: startedAt + secondsMax * 1_000, waitSeconds: undefined },
    observed: { timings: {}, jobId: id },
  };
}

/** As a client sends it (RFC 9651 section 3.3.3). */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** @throws ProblemError `response.too_large`; the call was carried out, and it says so */
function assertFits(json: string, bytesMax: number): void {
  if (Buffer.byteLength(json) <= bytesMax) return;
  throw new ProblemError('response.too_large', {
    detail: `The call was carried out. Its response is longer than the ${bytesMax} bytes that are kept of a job.`,
    extensions: { reason: 'job_result_bytes', dispatched: 'yes' },
  });
}
