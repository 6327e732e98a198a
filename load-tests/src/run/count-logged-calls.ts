import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { MeshUnderLoad } from '../mesh/mesh-under-load.ts';

/** Lines about a call in the logs of proxy-service; null where they are elsewhere, or calls are not logged. */
export async function countLoggedCalls({ describe, root, settings }: MeshUnderLoad): Promise<number | null> {
  const logs = describe()?.parts.flatMap(({ name, log }) => (name.startsWith('proxy-service') ? [log] : []));
  if (logs === undefined || (settings.LOG_LEVEL ?? 'info') !== 'info') return null;
  let lines = 0;
  for (const log of logs)
    for await (const line of createInterface({ input: createReadStream(path.resolve(root, log)) }))
      if (line.includes('"event":"call"')) lines += 1;
  return lines;
}
