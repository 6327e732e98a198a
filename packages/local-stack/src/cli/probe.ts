import { untilListening } from '../process/index.ts';
import type { StackFile } from '../stack/stack-file.ts';

const answersWithinMs = 2_000;

/** Whether a part can serve at this moment: its readiness where it has one, else whether it takes connections. */
export async function probe({ readyUrl, ports }: StackFile['parts'][number]): Promise<boolean> {
  try {
    if (readyUrl !== null) return await answersOk(readyUrl);
    const [port] = ports;
    if (port !== undefined) await untilListening(port, '127.0.0.1', AbortSignal.timeout(500));
    return true;
  } catch {
    return false;
  }
}

async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(answersWithinMs) });
  await response.body?.cancel();
  return response.ok;
}
