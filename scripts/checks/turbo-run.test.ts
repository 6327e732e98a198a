import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

const root = dirname(dirname(import.meta.dirname));

/** Names of the files whose content every task's result is remembered by. */
function globalInputs(): string[] {
  const plan = execFileSync(
    join(root, 'node_modules/.bin/turbo'),
    ['run', 'test', '--dry=json', '--no-update-notifier'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    },
  );
  return Object.keys((JSON.parse(plan) as { globalCacheInputs: { files: object } }).globalCacheInputs.files);
}

describe('a remembered result', () => {
  it('is forgotten when another Node is pinned', () => {
    const inputs = globalInputs();
    for (const file of ['package.json', 'package-lock.json'])
      assert.ok(inputs.includes(`bootstrap/toolchain/${file}`), file);
  });
});
