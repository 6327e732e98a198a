import type { Dispatched } from '@4runr/contracts/problem';

/** `unreachable`: no answer could be had; `timeout`: none within the time given; `aborted`: the caller gave up. */
export type ServiceCallFailure = 'unreachable' | 'timeout' | 'aborted';

/** An exchange with another service that ended without an answer. */
export class ServiceCallError extends Error {
  readonly failure: ServiceCallFailure;
  /** Whether the request may have reached the service. */
  readonly dispatched: Dispatched;

  constructor(
    service: string,
    failure: ServiceCallFailure,
    options: { dispatched: Dispatched; cause?: unknown },
  ) {
    super(`${service}: ${failure}`, { cause: options.cause });
    this.name = 'ServiceCallError';
    this.failure = failure;
    this.dispatched = options.dispatched;
  }
}
