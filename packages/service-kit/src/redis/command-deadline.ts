import { ClientOfflineError, type RedisClientType, TimeoutError } from '@redis/client';
import { startPatientTimer } from '../timers/patient-timer.ts';

/**
 * The client with a deadline for every command and every transaction. node-redis' own `timeout` ends only commands that
 * still wait to be written, so that a Redis which accepts and never answers would hold its callers for ever
 * (`commands-queue.js` of @redis/client 6.3).
 *
 * A connection on which an answer is overdue is given up and made anew: what is behind it may be gone for good, and TCP
 * would take a quarter of an hour to notice. Its other commands reject at once, with `DisconnectsClientError`.
 *
 * Transactions are refused while the client is not connected, as commands are by `disableOfflineQueue`: node-redis would keep
 * them and carry them out later, after whoever began them was told that they failed.
 *
 * @throws TimeoutError and ClientOfflineError from the commands
 */
export function withCommandDeadline(client: RedisClientType, timeoutMs: number): RedisClientType {
  return watch(client, {
    bound: (answer) => answerInTime(client, answer, timeoutMs),
    isRefused: (method) => method.startsWith('exec') && !client.isReady,
  });
}

interface Watch {
  readonly bound: (answer: Promise<unknown>) => Promise<unknown>;
  readonly isRefused: (method: string) => boolean;
}

/** The same object, its promises bounded; methods that chain, and the transactions that it begins, are watched as well. */
function watch<T extends object>(watched: T, how: Watch): T {
  const proxy = new Proxy(watched, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (how.isRefused(String(property))) return Promise.reject(new ClientOfflineError());
        const result: unknown = member.apply(target, args);
        if (result instanceof Promise) return how.bound(result);
        if (result === target) return proxy;
        return property === 'multi' ? watch(result as object, how) : result;
      };
    },
  });
  return proxy;
}

function answerInTime<T>(client: RedisClientType, answer: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let isSettled = false;
    const giveUp = () => {
      if (isSettled) return;
      reject(new TimeoutError(`no answer from Redis within ${timeoutMs} ms`));
      if (client.isReady) reconnect(client);
    };
    const timer = startPatientTimer(giveUp, timeoutMs);
    const settle = () => {
      isSettled = true;
      clearTimeout(timer);
    };
    answer.finally(settle).then(resolve, reject);
  });
}

/** What goes wrong with the new connection is reported as events of the client, which goes on trying. */
function reconnect(client: RedisClientType): void {
  client.destroy();
  client.connect().catch(() => {});
}
