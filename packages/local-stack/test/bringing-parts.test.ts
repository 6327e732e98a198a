import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ensureFolder } from '../src/parts/atomic-folder.ts';
import { PartUnavailableError, prepareNginx } from '../src/parts/index.ts';
import { temporaryFolder } from '../src/process/testing.ts';
import { cacheDir } from './parts-under-test.ts';

describe('a folder that is filled once', () => {
  it('is complete for all who ask at the same time', async () => {
    using folder = temporaryFolder();
    const target = join(folder.path, 'a', 'target');
    const fill = (temporary: string) => writeFile(join(temporary, 'file'), 'content');
    await Promise.all([1, 2, 3].map(() => ensureFolder(target, fill)));
    assert.deepEqual(readdirSync(target), ['file']);
    assert.deepEqual(readdirSync(join(folder.path, 'a')), ['target']);
  });

  it('does not exist when filling it failed', async () => {
    using folder = temporaryFolder();
    const target = join(folder.path, 'target');
    await assert.rejects(
      ensureFolder(target, () => Promise.reject(new Error('no network'))),
      /no network/,
    );
    assert.equal(existsSync(target), false);
    assert.deepEqual(readdirSync(folder.path), []);
  });
});

describe('a part that cannot be had', () => {
  it('is named with the platform, the reason and the command that mends it', () => {
    const { message } = new PartUnavailableError('Redis', 'nothing was found');
    assert.match(
      message,
      new RegExp(`^Redis is missing on this machine \\(${process.platform} ${process.arch}`),
    );
    assert.match(message, /: nothing was found\.\n {2}To mend it: \S+/);
  });
});

describe('nginx of the stack', () => {
  it('is found or brought, and says its version', async () => {
    const { version } = await prepareNginx({ cacheDir });
    assert.match(version, /^\d+\.\d+\.\d+$/);
  });
});
