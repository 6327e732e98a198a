import { ServiceCallError } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import { CircuitOpenError, type Evidence } from '../domain/circuit.ts';
import type { Circuits } from '../domain/circuits.ts';
import { targetOf } from '../domain/targets.ts';
import { timeLimitMs } from '../mesh/adapter-client.ts';
import { AdapterFailure } from '../mesh/call-failure.ts';
import type { ProxyMetrics } from '../metrics.ts';
import type { Layer } from './layer.ts';

export interface BreakerParts {
  readonly circuits: Circuits;
  readonly metrics: Pick<ProxyMetrics, 'breakerFastFails'>;
}

/**
 * Lets no attempt at a provider begin that fails anyway, of a tool or, where its manifest says so, of a host. Hosts are not blamed for
 * an adapter that does not answer: that counts against the tool.
 *
 * @throws ProblemError `breaker.open`, at once and never dispatched; what an attempt throws
 */
export function breaker<Out>({ circuits, metrics }: BreakerParts): Layer<Out> {
  return (next) => async (permitted, bounds) => {
    const { call } = permitted;
    const isCurtailed = timeLimitMs(permitted, bounds.endsAt) * 2 < call.action.manifest.timeoutMs;
    const target = targetOf(call);
    const attempt = () => next(permitted, bounds);
    const judge = (error: unknown) => evidenceOf(error, isCurtailed);
    try {
      if (target.host === undefined) return await circuits.get(target).run(attempt, judge);
      return await circuits.get({ tool: target.tool, host: undefined }).run(
        () => circuits.get(target).run(attempt, (error) => (isOfAdapter(error) ? 'none' : judge(error))),
        (error) => (isOfAdapter(error) ? judge(error) : 'none'),
      );
    } catch (error) {
      if (!(error instanceof CircuitOpenError)) throw error;
      metrics.breakerFastFails.inc({ tool: call.tool.name });
      throw open(error);
    }
  };
}

function open(cause: CircuitOpenError): ProblemError {
  return new ProblemError('breaker.open', {
    cause,
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(cause.retryAfterMs / 1_000))) },
    extensions: { dispatched: 'no' },
  });
}

/** No answer of the adapter, so nothing that a host has done. */
function isOfAdapter(error: unknown): boolean {
  return error instanceof ProblemError && error.cause instanceof ServiceCallError;
}

/** An adapter that is there, and has not come as far as its provider: it may be the call that it does not take. */
function isOfMesh({ cause, extensions }: ProblemError): boolean {
  return cause instanceof AdapterFailure && extensions.dispatched === 'no';
}

/**
 * What a failed attempt says of the provider. Neither what a client does wrong nor a limit that the provider sets counts against it.
 *
 * @param isCurtailed whether the attempt had less than half of the time that its action has: an impatient caller is no sign
 */
export function evidenceOf(error: unknown, isCurtailed: boolean): Evidence {
  if (!(error instanceof ProblemError)) return 'none';
  const { dispatched, upstreamStatus } = error.extensions;
  if (upstreamStatus !== undefined) return upstreamStatus >= 500 ? 'fails' : 'lives';
  switch (error.code) {
    case 'upstream.failed':
      return 'fails';
    case 'service.unavailable':
      return isOfMesh(error) ? 'none' : 'fails';
    case 'upstream.timeout':
    case 'upstream.outcome_unknown':
      return isCurtailed ? 'none' : 'fails';
    default:
      return dispatched === 'yes' ? 'lives' : 'none';
  }
}
