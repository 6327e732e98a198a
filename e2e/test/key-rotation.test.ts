import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readServiceSettings } from '@4runr/local-stack';
import { decodeProtectedHeader } from 'jose';
import { e2e } from './mesh/config.ts';
import { callTool, fetchToken, stack } from './mesh/gateway.ts';

const script = path.join(e2e.folder.root, 'services/auth-service/src/cli/keys.ts');
/** Younger keys are not made to sign, by force either: at most this long after the key before was. */
const forcedWithinMs = 10_000;

/** `npm run keys -- rotate --force`, as soon as the next key may sign. */
async function rotate(): Promise<void> {
  const env = readServiceSettings(e2e.folder, 'auth-service');
  const deadline = performance.now() + forcedWithinMs;
  for (;;) {
    try {
      await promisify(execFile)(process.execPath, [script, 'rotate', '--force'], { env });
      return;
    } catch (error) {
      const { stdout } = error as { stdout: string };
      assert.ok(performance.now() < deadline && stdout.startsWith('Not rotated'), String(error));
      await wait(500);
    }
  }
}

const freshToken = () => fetchToken(stack().agents.scraper);
const kidOf = (token: string) => decodeProtectedHeader(token).kid;

describe('a rotation of the signing key by command', () => {
  it('refuses no call, whether its token is from before, from meanwhile or from after', async () => {
    const before = await freshToken();
    const tokens = [before];
    const statuses: number[] = [];
    let isOver = false;
    const callOn = async () => {
      try {
        while (!isOver) {
          tokens.push(await freshToken());
          for (const token of [before, tokens.at(-1) ?? before])
            statuses.push((await callTool('serpapi/search', { q: 'rotation' }, { token })).status);
        }
      } finally {
        isOver = true;
      }
    };
    const calls = Promise.all([callOn(), callOn()]);
    for (let round = 0; round < 2; round += 1) {
      const kid = kidOf(await freshToken());
      await rotate();
      while (!isOver && kidOf(tokens.at(-1) ?? '') === kid) await wait(50);
    }
    isOver = true;
    await calls;
    assert.equal(new Set(tokens.map(kidOf)).size, 3);
    assert.deepEqual(
      statuses.filter((status) => status !== 200),
      [],
    );
    assert.ok(statuses.length > 20, `only ${statuses.length} calls`);
  });
});
