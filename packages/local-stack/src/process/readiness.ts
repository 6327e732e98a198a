import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/** Repeats `attempt` until it succeeds; rejects once `signal` aborts. */
export async function untilSucceeds(
  attempt: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await attempt(signal);
    } catch {
      await delay(POLL_MS, undefined, { signal });
    }
  }
}

/** Resolves when something accepts connections on the port. */
export function untilListening(port: number, host: string, signal: AbortSignal): Promise<void> {
  return untilSucceeds(async () => {
    const socket = connect({ port, host, signal });
    try {
      await once(socket, 'connect', { signal });
    } finally {
      socket.destroy();
    }
  }, signal);
}

/** Resolves when a GET of `url` answers 2xx. Keeps no connection: a service that stops would wait for it. */
export function untilHttpOk(url: string, signal: AbortSignal): Promise<void> {
  return untilSucceeds(async () => {
    const response = await fetch(url, { signal, headers: { connection: 'close' } });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  }, signal);
}
