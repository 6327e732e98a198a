import type { Dispatched } from '@4runr/contracts/problem';
import { startPatientTimer } from '../timers/patient-timer.ts';
import type { ExchangeOptions } from './exchange.ts';
import type { Replicas } from './replicas.ts';

export interface Message extends Pick<ExchangeOptions, 'method' | 'path' | 'headers' | 'body' | 'signal'> {
  /** Whether the message does no harm when it arrives twice. */
  readonly isIdempotent: boolean;
}

/** No replica answered. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
  /** Whether the message may have reached one of them. */
  readonly dispatched: Dispatched;

  constructor(dispatched: Dispatched, cause: unknown) {
    super('no replica answered', { cause });
    this.dispatched = dispatched;
  }
}

/** One exchange with the replica at `origin`, which tells when it sends and when the answer begins. */
export type Attempt<Answer> = (
  message: Pick<
    ExchangeOptions,
    'method' | 'path' | 'headers' | 'body' | 'signal' | 'onSending' | 'onAnswer'
  > & {
    readonly origin: string;
  },
) => Promise<Answer>;

/**
 * How long a message waits for a connection to one replica while there are others, in milliseconds. Within a mesh it takes one;
 * the address of a replica that has gone answers nothing at all, and several may have gone at once.
 */
const patienceMs = 250;

/**
 * Sends a message to a replica; to the next one as long as no connection comes to be, in time where there is a next one; and once
 * more if it is idempotent and its connection is lost before an answer.
 *
 * @throws UnansweredError
 */
export async function sendToReplicas<Answer>(
  attempt: Attempt<Answer>,
  replicas: Replicas,
  message: Message,
): Promise<Answer> {
  const origins = replicas.inTurn();
  let dispatched: Dispatched = 'no';
  let repeats = message.isIdempotent ? 1 : 0;
  let cause: unknown;
  for (let origin = origins.shift(); origin !== undefined; origin = origins.shift()) {
    const observed = observe(message, origin);
    const patience = origins.length > 0 ? startPatience(observed) : undefined;
    try {
      return await attempt({ ...observed.message, signal: patience?.signal ?? message.signal });
    } catch (error) {
      cause = error;
    } finally {
      patience?.end();
    }
    if (observed.progress !== 'waiting') dispatched = 'maybe';
    if (message.signal.aborted) break;
    if (observed.progress === 'waiting') replicas.rest(origin);
    else if (observed.progress === 'sent' && repeats-- > 0) origins.push(origin);
    else break;
  }
  throw new UnansweredError(dispatched, cause);
}

interface ObservedAttempt {
  readonly message: Parameters<Attempt<unknown>>[0];
  progress: 'waiting' | 'sent' | 'answering';
}

function observe({ isIdempotent: _, ...message }: Message, origin: string): ObservedAttempt {
  const observed: ObservedAttempt = {
    progress: 'waiting',
    message: {
      ...message,
      origin,
      onSending: () => {
        observed.progress = 'sent';
      },
      onAnswer: () => {
        observed.progress = 'answering';
      },
    },
  };
  return observed;
}

/**
 * Ends an attempt that has no connection in time: not a byte of it has been sent then. The signal goes on following the message's, for
 * answers that are read later.
 */
function startPatience(observed: ObservedAttempt): { readonly signal: AbortSignal; end(): void } {
  const { signal } = observed.message;
  const controller = new AbortController();
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  const giveUp = () => {
    if (observed.progress === 'waiting') controller.abort(new Error(`no connection in ${patienceMs} ms`));
  };
  const timer = startPatientTimer(giveUp, patienceMs);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
