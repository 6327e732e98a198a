import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { callResponseSchema } from '@4runr/contracts/call';
import { problemSchema } from '@4runr/contracts/problem';
import { tokenResponseSchema } from '@4runr/contracts/token';
import { sessionVariables } from '@4runr/local-stack';
import { e2e } from './mesh/config.ts';
import { stack } from './mesh/gateway.ts';

const root = path.resolve(import.meta.dirname, '../..');
const evalLine = 'eval "$(npm run -s env)"\n';

/** The shell block of the README that begins with the `eval`, without it: the variables are this mesh's. */
async function readSession(): Promise<string> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const blocks = readme.match(/(?<=^```sh\n)[\s\S]*?(?=^```$)/gm) ?? [];
  const session = blocks.find((block) => block.startsWith(evalLine));
  assert.ok(session !== undefined, 'the README has a session');
  return session.slice(evalLine.length);
}

const skip = spawnSync('curl', ['--version']).error !== undefined && 'curl is not installed';

it('the session of the README gets a token, makes a call and is refused one', { skip }, async () => {
  const run = promisify(execFile);
  const env = { ...process.env, ...(await sessionVariables(stack(), e2e.folder)) };
  const { stdout } = await run('bash', ['-euc', await readSession()], { env });
  const [token, call, refusal] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  assert.ok(tokenResponseSchema.safeParse(token).success, stdout);
  assert.ok(callResponseSchema.safeParse(call).success, stdout);
  assert.equal(problemSchema.parse(refusal).code, 'policy.denied');
});
