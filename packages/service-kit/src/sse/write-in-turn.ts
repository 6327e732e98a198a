import { once } from 'node:events';
import type { Writable } from 'node:stream';

/**
 * Writes, and waits until the reader has made room for more: whoever awaits it holds no more than one buffer for a slow reader.
 *
 * @throws the reason of the signal, which has to fire when the reader goes
 */
export async function writeInTurn(
  writable: Writable,
  text: string | Buffer,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
  if (!writable.write(text)) await once(writable, 'drain', { signal });
}
