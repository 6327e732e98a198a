import { ProblemError } from '@4runr/service-kit/errors';
import { ClientGoneError } from './call.ts';

/** Does for many at once what they all want, once. */
export interface SingleFlight<T> {
  /** Joins what is under way for the key, or begins it. */
  join(key: string, waiting: Waiting, begin: (signal: AbortSignal) => Promise<T>): Joined<T>;
}

/** How long a caller waits. */
export interface Waiting {
  /** Fires when it leaves. */
  readonly signal: AbortSignal;
  /** When its time is up, in milliseconds on the monotonic clock. */
  readonly endsAt: number;
}

export interface Joined<T> {
  /** Whether it was begun for this caller. */
  readonly isFirst: boolean;
  /**
   * @throws ClientGoneError when this caller leaves, ProblemError `upstream.timeout` when its time is up; and what was begun throws, for
   * everyone who waits for it
   */
  readonly landed: Promise<T>;
}

interface Flight<T> {
  readonly landing: Promise<T>;
  /** One more waits for it. @returns to be called when that one has left */
  board(): () => void;
}

/**
 * What is begun ends, by the signal that it was handed, when the last who waits for it has left.
 *
 * @param lingering whoever comes until this resolves is given what has landed: then it can be found elsewhere
 */
export function createSingleFlight<T>(
  lingering: (landed: T) => Promise<unknown> | undefined = () => undefined,
): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>();

  function takeOff(key: string, begin: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController();
    let waiting = 0;
    const forget = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const landing = begin(abort.signal);
    landing.then(lingering).then(forget, forget);
    const flight: Flight<T> = {
      landing,
      board() {
        waiting += 1;
        return () => {
          waiting -= 1;
          if (waiting > 0) return;
          // Whoever comes now begins anew.
          forget();
          abort.abort();
        };
      },
    };
    flights.set(key, flight);
    return flight;
  }

  return {
    join(key, waiting, begin) {
      const flying = flights.get(key);
      return { isFirst: flying === undefined, landed: waitFor(flying ?? takeOff(key, begin), waiting) };
    },
  };
}

function waitFor<T>({ landing, board }: Flight<T>, { signal, endsAt }: Waiting): Promise<T> {
  return new Promise((resolve, reject) => {
    const left = board();
    const leave = (because: Error) => {
      left();
      reject(because);
    };
    if (signal.aborted) return leave(new ClientGoneError());
    const gone = () => leave(new ClientGoneError());
    signal.addEventListener('abort', gone, { once: true });
    const timer = Number.isFinite(endsAt)
      ? setTimeout(() => leave(timeIsUp()), endsAt - performance.now())
      : undefined;
    const stopWaiting = () => {
      signal.removeEventListener('abort', gone);
      clearTimeout(timer);
    };
    landing.finally(stopWaiting).then(resolve, reject);
  });
}

function timeIsUp(): ProblemError {
  return new ProblemError('upstream.timeout', {
    detail: 'The time that the caller gives was over before the answer was there.',
    extensions: { dispatched: 'maybe' },
  });
}
