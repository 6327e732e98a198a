import { type RedisClientType, TimeoutError } from '@redis/client';

/**
 * The client with a deadline for every command (the `exec` of a `multi` apart). node-redis' own `timeout` ends only
 * commands that still wait to be written, so that a Redis which accepts and never answers would hold its callers for ever
 * (`commands-queue.js` of @redis/client 6.3).
 *
 * A connection on which an answer is overdue is given up and made anew: what is behind it may be gone for good, and TCP
 * would take a quarter of an hour to notice. Its other commands reject at once, with `DisconnectsClientError`.
 *
 * @throws TimeoutError from the commands
 */
export function withCommandDeadline(client: RedisClientType, timeoutMs: number): RedisClientType {
  return new Proxy(client, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const result: unknown = member.apply(target, args);
        return result instanceof Promise ? answerInTime(target, result, timeoutMs) : result;
      };
    },
  });
}

function answerInTime<T>(client: RedisClientType, answer: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new TimeoutError(`no answer from Redis within ${timeoutMs} ms`));
      if (client.isReady) reconnect(client);
    }, timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What goes wrong with the new connection is reported as events of the client, which goes on trying. */
function reconnect(client: RedisClientType): void {
  client.destroy();
  client.connect().catch(() => {});
}
