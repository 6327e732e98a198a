import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessSpec } from './process-spec.ts';
import { untilSucceeds } from './readiness.ts';

/** A folder that is removed at the end of the scope (`using`). */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), '4runr-part-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A process that runs a line of JavaScript, logging to `<folder>/<name>.log`; ready at once. */
export function scriptSpec(folder: string, script: string, name = 'script'): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: ['-e', script],
    env: {},
    stopSignal: 'SIGTERM',
    logFile: join(folder, `${name}.log`),
    ready: async () => {},
    ports: [],
  };
}

/** Polls until `condition` holds, for at most five seconds. */
export function until(condition: () => boolean): Promise<void> {
  return untilSucceeds(async () => {
    if (!condition()) throw new Error('not yet');
  }, AbortSignal.timeout(5_000));
}
