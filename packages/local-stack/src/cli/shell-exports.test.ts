import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';
import { renderExports } from './shell-exports.ts';

it('a shell reads back any value of an exported variable', () => {
  const values = {
    PLAIN: 'https://localhost:8443',
    ODD: `a 'quoted' "path" with $HOME, \`ls\` and \\ in\nit`,
  };
  const script = `eval "$EXPORTS"; ${process.execPath} -p 'JSON.stringify([process.env.PLAIN, process.env.ODD])'`;
  const output = execFileSync('/bin/sh', ['-c', script], {
    env: { EXPORTS: renderExports(values) },
    encoding: 'utf8',
  });
  assert.deepEqual(JSON.parse(output), Object.values(values));
});
