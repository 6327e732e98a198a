import type { Dispatched } from '@4runr/contracts/problem';
import { startPatientTimer } from '../timers/patient-timer.ts';
import type { ExchangeOptions } from './exchange.ts';
import type { Replicas } from './replicas.ts';

export interface Message extends Pick<ExchangeOptions, 'method' | 'path' | 'headers' | 'body' | 'signal'> {
  /** Whether the message does no harm when it arrives twice. */
  readonly isIdempotent: boolean;
  /** Whether it is sent to another replica when the one that has it falls silent: it may arrive twice then. */
  readonly leavesSilence: boolean;
  /** Called before it is sent again though it may have arrived. */
  onRepeat?(): void;
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
 * How long a message waits for a connection to one replica while there are others, in milliseconds, and for its answer, before the
 * replica is asked whether it is there. Within a mesh a connection takes one;
 * the address of a replica that has gone answers nothing at all, and several may have gone at once.
 */
const patienceMs = 250;

/**
 * Sends a message to a replica; to the next one as long as no connection comes to be, in time where there is a next one; and once
 * more if it is idempotent and its connection is lost before an answer. One that may leaves a replica that falls silent for the next.
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
    const observed = observe(message, origin, replicas);
    const patience = origins.length > 0 ? startPatience(observed, replicas, message) : undefined;
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
    else if (observed.progress === 'left') message.onRepeat?.();
    else if (observed.progress === 'sent' && repeats-- > 0) {
      origins.push(origin);
      message.onRepeat?.();
    } else break;
  }
  throw new UnansweredError(dispatched, cause);
}

interface ObservedAttempt {
  readonly message: Parameters<Attempt<unknown>>[0];
  /** `left`: it was sent, and given up for the silence of its replica. */
  progress: 'waiting' | 'sent' | 'answering' | 'left';
}

function observe(
  { isIdempotent: _, leavesSilence: __, onRepeat: ___, ...message }: Message,
  origin: string,
  { heardFrom }: Pick<Replicas, 'heardFrom'>,
): ObservedAttempt {
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
        heardFrom(origin);
      },
    },
  };
  return observed;
}

/**
 * Ends an attempt that has no connection in time: not a byte of it has been sent then. Finds out of one that was sent, as often as it
 * has waited so long again, whether its replica is silent, and ends it where it may be sent again. The signal goes on following the
 * message's, for answers that are read later.
 */
function startPatience(
  observed: ObservedAttempt,
  replicas: Pick<Replicas, 'isSilent'>,
  { leavesSilence }: Pick<Message, 'leavesSilence'>,
): { readonly signal: AbortSignal; end(): void } {
  const { signal, origin } = observed.message;
  const controller = new AbortController();
  let isOver = false;
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  const isUnanswered = () => !isOver && observed.progress === 'sent';
  const look = async () => {
    if (observed.progress === 'waiting') controller.abort(new Error(`no connection in ${patienceMs} ms`));
    if (!isUnanswered()) return;
    const isSilent = await replicas.isSilent(origin);
    if (!isUnanswered()) return;
    if (isSilent && leavesSilence) {
      observed.progress = 'left';
      controller.abort(new Error('the replica says nothing'));
    } else timer = startPatientTimer(look, patienceMs);
  };
  let timer = startPatientTimer(look, patienceMs);
  const end = () => {
    isOver = true;
    clearTimeout(timer);
  };
  return { signal: controller.signal, end };
}
