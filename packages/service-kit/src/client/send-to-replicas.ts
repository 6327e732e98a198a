import type { Dispatched } from '@4runr/contracts/problem';
import type { Dispatcher } from 'undici';
import { type ExchangeAnswer, type ExchangeOptions, exchange } from './exchange.ts';
import type { Replicas } from './replicas.ts';

/** Longest answer that is read, in bytes: no service of ours sends more. */
const answerBytesMax = 67_108_864;

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

/**
 * Sends a message to a replica; to the next one as long as no connection comes to be; and once more if it is idempotent
 * and its connection is lost before an answer.
 *
 * @throws UnansweredError
 */
export async function sendToReplicas(
  dispatcher: Dispatcher,
  replicas: Replicas,
  message: Message,
): Promise<ExchangeAnswer> {
  const origins = replicas.inTurn();
  let dispatched: Dispatched = 'no';
  let repeats = message.isIdempotent ? 1 : 0;
  let cause: unknown;
  for (let origin = origins.shift(); origin !== undefined; origin = origins.shift()) {
    const attempt = observe(message, origin);
    try {
      return await exchange(dispatcher, attempt.options);
    } catch (error) {
      cause = error;
    }
    if (attempt.progress !== 'waiting') dispatched = 'maybe';
    if (message.signal.aborted) break;
    if (attempt.progress === 'waiting') replicas.rest(origin);
    else if (attempt.progress === 'sent' && repeats-- > 0) origins.push(origin);
    else break;
  }
  throw new UnansweredError(dispatched, cause);
}

interface Attempt {
  readonly options: ExchangeOptions;
  progress: 'waiting' | 'sent' | 'answering';
}

function observe(message: Message, origin: string): Attempt {
  const attempt: Attempt = {
    progress: 'waiting',
    options: {
      ...message,
      origin,
      bytesMax: answerBytesMax,
      onSending: () => {
        attempt.progress = 'sent';
      },
      onAnswer: () => {
        attempt.progress = 'answering';
      },
    },
  };
  return attempt;
}
