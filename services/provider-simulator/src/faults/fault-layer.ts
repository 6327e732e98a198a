import { type Fault, type FaultMode, faultLatencyMsMax } from '@4runr/contracts/fault';
import type { NextFunction, Request, Response } from 'express';
import type { FaultTable } from '../domain/fault/fault-table.ts';
import { arrivalOf } from '../http/count-arrival.ts';
import type { FaultLayer, FaultyProvider } from '../http/provider-router.ts';
import { breakOff, resetConnection } from './connection.ts';
import { malformAnswer, truncateAnswer } from './spoil-answer.ts';

/** Lets each fault of the table hit requests to its tool's provider, on the wire as it would come from there. */
export function createFaultLayer(faults: FaultTable): FaultLayer {
  return (provider) => (request, response, next) => {
    const fault = provider.isSpared?.(request.path) ? undefined : faults.strike(provider.tool);
    if (fault === undefined) return next();
    arrivalOf(response).faulted(fault.mode);
    // Else a client with a long body would wait to send it, not for its answer.
    if (unheard.has(fault.mode)) request.resume();
    const waitMs = fault.latencyMs ?? waitMsDefaults[fault.mode] ?? 0;
    afterWait(response, waitMs, () => effects[fault.mode]({ fault, provider, request, response, next }));
  };
}

/** A request that is hit. */
interface Hit {
  readonly fault: Fault;
  readonly provider: FaultyProvider;
  readonly request: Request;
  readonly response: Response;
  readonly next: NextFunction;
}

/** Modes in which the provider never gets to hear of the request. In the others it acts on it, and its answer is hit. */
const unheard: ReadonlySet<FaultMode> = new Set(['timeout', 'error', 'reset', 'rate_limit']);

const waitMsDefaults: Partial<Readonly<Record<FaultMode, number>>> = {
  latency: 1_000,
  timeout: faultLatencyMsMax,
};

/** What happens to a request when its wait is over. */
const effects: Readonly<Record<FaultMode, (hit: Hit) => void>> = {
  // A client that has not given up until now is dropped, so that no connection is held for ever.
  timeout: ({ response }) => breakOff(response),
  latency: ({ next }) => next(),
  error: ({ fault, provider, request, response }) =>
    provider.answerFault(request, response, fault.status ?? 500),
  rate_limit: ({ fault, provider, request, response }) => {
    response.set('Retry-After', '1');
    provider.answerFault(request, response, fault.status ?? 429);
  },
  reset: ({ request, response }) => resetConnection(request, response),
  truncate: ({ response, next }) => {
    truncateAnswer(response);
    next();
  },
  malformed: ({ provider, request, response, next }) => {
    malformAnswer(request, response, provider.malforms);
    next();
  },
};

/** Whoever leaves meanwhile is not waited for. */
function afterWait(response: Response, waitMs: number, act: () => void): void {
  if (waitMs > 0) {
    const timer = setTimeout(act, waitMs);
    response.once('close', () => clearTimeout(timer));
  } else act();
}
