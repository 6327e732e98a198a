import type { Params } from '@4runr/contracts/call';
import type { HandlerObligation } from '@4runr/contracts/decision';
import { type Dispatched, furtherDispatched } from '@4runr/contracts/problem';
import type { Deadline } from '@4runr/service-kit/client';
import type { Logger } from '@4runr/service-kit/telemetry';

/** On whose behalf, and within which time, the provider is spoken to. */
export interface ExchangeContext {
  readonly action: string;
  /** Fires when the caller has gone or the time is up. */
  readonly signal: AbortSignal;
  /** Which of the two it was; `undefined` while the signal has not fired. */
  readonly endedBy: Deadline['reason'];
  /** Longest time that is left until the answer, or the first piece of a streamed one, in milliseconds. */
  readonly timeLimitMs: number;
  readonly progress: CallProgress;
}

/** A permitted call on its way through a handler. */
export interface ActionCall<P = Params> extends ExchangeContext {
  readonly callId: string;
  readonly params: P;
  /** What policy demands of carrying it out. */
  readonly obligations: readonly HandlerObligation[];
  readonly logger: Logger;
}

/** What has gone out to the provider on behalf of a call, and how long its answers took. */
export class CallProgress {
  #dispatched: Dispatched = 'no';
  #upstreamMs = 0;

  /** The most that any exchange of this call has come to. */
  get dispatched(): Dispatched {
    return this.#dispatched;
  }

  get upstreamMs(): number {
    return this.#upstreamMs;
  }

  /** Never goes back: what may have been sent once stays so. */
  raise(dispatched: Dispatched): void {
    this.#dispatched = furtherDispatched(this.#dispatched, dispatched);
  }

  addUpstreamTime(ms: number): void {
    this.#upstreamMs += ms;
  }
}
