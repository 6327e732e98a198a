import { type AdapterRequest, type AdapterResponse, adapterResponseSchema } from '@4runr/contracts/call';
import { headers } from '@4runr/contracts/headers';
import { type ProblemCode, problemSchema } from '@4runr/contracts/problem';
import { ServiceCallError, type ServiceClient, type ServiceResponse } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import type { PermittedCall } from '../pipeline/authorize.ts';

/** What an adapter answered. */
export interface CarriedOut {
  readonly result: unknown;
  /** How long the adapter waited for its provider, in milliseconds, where it says so. */
  readonly upstreamMs: number | undefined;
}

export interface AdapterClient {
  /**
   * Sends a call to its adapter, once. A read ends when the client has gone; an effect is carried through, since half of
   * it may have happened.
   *
   * @throws ProblemError what the adapter answered; `upstream.timeout`, `service.unavailable`, or for an effect that may
   * have happened `upstream.outcome_unknown`
   */
  carryOut(call: PermittedCall): Promise<CarriedOut>;
}

/** What the proxy waits beyond the adapter's own time limit, so that the adapter's answer about a timeout arrives. */
const marginMs = 1_000;

export function createAdapterClient(clients: ReadonlyMap<string, ServiceClient>): AdapterClient {
  return {
    async carryOut(call) {
      const client = clients.get(call.tool.name);
      if (client === undefined) throw new ProblemError('tool.unknown');
      const body: AdapterRequest = { callId: call.callId, params: call.params };
      const response = await client
        .request({
          method: 'POST',
          path: `/actions/${call.action.name}`,
          headers: { [headers.permit]: call.permit },
          body,
          timeoutMs: call.action.manifest.timeoutMs + marginMs,
          ...(call.action.manifest.effect === 'read' ? { signal: call.signal } : {}),
        })
        .catch((error: unknown) => throwUnanswered(error, call));
      return readAnswer(response, call);
    },
  };
}

function readAnswer(response: ServiceResponse, call: PermittedCall): CarriedOut {
  if (response.status !== 200) throw toFailure(response, call);
  const answer = adapterResponseSchema.safeParse(response.body);
  if (!answer.success) throw lostAnswer(call, answer.error);
  const { result }: AdapterResponse = answer.data;
  return { result, upstreamMs: readUpstreamMs(response.headers['server-timing']) };
}

/** Failures of the call itself; everything else that an adapter answers is about the mesh, not about the agent. */
const callFailures: ReadonlySet<ProblemCode> = new Set([
  'params.invalid',
  'target.forbidden',
  'upstream.failed',
  'upstream.rejected',
  'upstream.timeout',
  'upstream.outcome_unknown',
  'response.too_large',
]);

function toFailure(response: ServiceResponse, call: PermittedCall): ProblemError {
  const problem = problemSchema.safeParse(response.body);
  if (!problem.success || !callFailures.has(problem.data.code)) {
    const cause = new Error(
      `the adapter answered ${response.status} ${JSON.stringify(response.body)?.slice(0, 500)}`,
    );
    const mayHaveActed = response.status >= 500 && problem.data?.dispatched !== 'no';
    if (mayHaveActed && call.action.manifest.effect === 'effect') throw lostAnswer(call, cause);
    return new ProblemError('service.unavailable', { detail: 'The tool cannot be used now.', cause });
  }
  const { code, detail, errors, dispatched, upstreamStatus } = problem.data;
  return new ProblemError(code, {
    ...(detail === undefined ? {} : { detail }),
    extensions: {
      ...(errors === undefined ? {} : { errors }),
      ...(dispatched === undefined ? {} : { dispatched }),
      ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
    },
  });
}

function throwUnanswered(error: unknown, call: PermittedCall): never {
  if (!(error instanceof ServiceCallError)) throw error;
  if (error.dispatched === 'no') {
    throw new ProblemError('service.unavailable', {
      detail: `The adapter of ${call.tool.name} cannot be reached.`,
      cause: error,
      headers: { 'Retry-After': '1' },
      extensions: { dispatched: 'no' },
    });
  }
  throw lostAnswer(call, error);
}

/** The adapter may have acted, but what came of it is lost. */
function lostAnswer(call: PermittedCall, cause: Error): ProblemError {
  const isEffect = call.action.manifest.effect === 'effect';
  const timedOut = cause instanceof ServiceCallError && cause.failure === 'timeout';
  const code = isEffect ? 'upstream.outcome_unknown' : timedOut ? 'upstream.timeout' : 'upstream.failed';
  return new ProblemError(code, { cause, extensions: { dispatched: 'maybe' } });
}

/** `Server-Timing: upstream;dur=12.5` as adapters send it. */
function readUpstreamMs(header: string | string[] | undefined): number | undefined {
  const duration = /(?:^|,)\s*upstream;dur=([\d.]+)/.exec(String(header ?? ''))?.[1];
  return duration === undefined ? undefined : Number(duration);
}
