import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureFolder } from './atomic-folder.ts';

const run = promisify(execFile);
const LOCKED = fileURLToPath(new URL('../../stand-ins/', import.meta.url));

/**
 * Brings an npm-shipped stand-in for a part that the machine lacks: installs `stand-ins/<name>` (integrity-locked, no
 * install scripts) into the cache, at first need only. Returns its `node_modules`; undefined when npm cannot bring it.
 */
export async function bringStandIn(name: 'redis' | 'nginx', cacheDir: string): Promise<string | undefined> {
  const folder = join(cacheDir, 'stand-ins', name);
  try {
    await ensureFolder(folder, async (temporary) => {
      await cp(join(LOCKED, name), temporary, { recursive: true });
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: temporary,
        timeout: 120_000,
      });
    });
    return join(folder, 'node_modules');
  } catch {
    return undefined;
  }
}
