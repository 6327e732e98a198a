import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');

/**
 * Writes those files that are not what they have to be. With `--check` among the arguments it writes nothing, names them and lets
 * the process exit with 1.
 *
 * @param files their content by their path from the root
 * @param script of the root's `package.json`, which makes them
 */
export function writeOrCheck(files: ReadonlyMap<string, string>, script: string): void {
  const stale = [...files].filter(([file, content]) => readOrEmpty(file) !== content);
  if (process.argv.includes('--check')) report(stale, script);
  else for (const [file, content] of stale) write(file, content);
}

export function readOrEmpty(file: string): string {
  const full = path.join(root, file);
  return existsSync(full) ? readFileSync(full, 'utf8') : '';
}

function report(stale: readonly (readonly [file: string, content: string])[], script: string): void {
  if (stale.length === 0) return;
  const names = stale.map(([file]) => `  ${file}\n`).join('');
  process.stderr.write(`out of date, run \`npm run ${script}\`:\n${names}`);
  process.exitCode = 1;
}

function write(file: string, content: string): void {
  const full = path.join(root, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, content);
  process.stdout.write(`wrote ${file}\n`);
}
