import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { temporaryFolder } from '../../process/testing.ts';
import { homeOutside } from './outside-home.ts';

describe('the folder of data outside of a clone', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder[Symbol.dispose]());

  const clone = (name: string): string => {
    const stateDir = join(folder.path, name, '.local');
    mkdirSync(stateDir, { recursive: true });
    return stateDir;
  };
  const parent = () => join(folder.path, 'system');
  /** Starts a stack: returns the folder, which now holds data. */
  const use = (stateDir: string): string => {
    const home = homeOutside(stateDir, parent());
    mkdirSync(join(home, 'postgres/data-18'), { recursive: true });
    return home;
  };
  const remove = (name: string) => rmSync(join(folder.path, name), { recursive: true });
  /** What versions before named by the path. */
  const byPath = (stateDir: string): string => {
    const home = join(parent(), createHash('sha256').update(stateDir).digest('hex').slice(0, 16));
    mkdirSync(join(home, 'postgres/data-18'), { recursive: true });
    return home;
  };

  it('is the same at the next start, and others can pass through it', () => {
    const home = use(clone('gateway'));
    assert.equal(use(clone('gateway')), home);
    assert.equal(statSync(home).mode & 0o777, 0o755);
  });

  it('is another for a new clone at the same path, and that of the clone that is gone is removed', () => {
    const old = use(clone('gateway'));
    remove('gateway');
    assert.notEqual(use(clone('gateway')), old);
    assert.ok(!existsSync(old));
  });

  it('stays with a clone that is moved', () => {
    const home = use(clone('gateway'));
    renameSync(join(folder.path, 'gateway'), join(folder.path, 'moved'));
    assert.equal(use(clone('moved')), home);
    use(clone('another'));
    assert.ok(existsSync(home));
  });

  it('is another for a copy of a clone that is still there', () => {
    const home = use(clone('gateway'));
    cpSync(join(folder.path, 'gateway'), join(folder.path, 'copy'), { recursive: true });
    assert.notEqual(use(clone('copy')), home);
    assert.equal(use(clone('gateway')), home);
  });

  it('stays where its clone cannot be seen: it may lie on a volume that is not mounted', () => {
    const home = use(clone('gateway'));
    remove('gateway');
    use(clone('another'));
    assert.ok(existsSync(home));
  });

  it('is not removed while a server runs on it, though another clone has taken the place', async () => {
    const served = use(clone('gateway'));
    const dataDir = join(served, 'postgres/data-18');
    const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)', dataDir], {
      stdio: 'ignore',
    });
    writeFileSync(join(dataDir, 'postmaster.pid'), `${server.pid}\n${dataDir}\n`);
    remove('gateway');
    use(clone('gateway'));
    assert.ok(existsSync(served));
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
    use(clone('gateway'));
    assert.ok(!existsSync(served));
  });

  it('is what earlier versions named by the path, for a clone that has run before', () => {
    const stateDir = clone('gateway');
    mkdirSync(join(stateDir, 'redis-state'));
    const old = byPath(stateDir);
    writeFileSync(join(old, 'postgres/data-18/PG_VERSION'), '18');
    assert.ok(existsSync(join(use(stateDir), 'postgres/data-18/PG_VERSION')));
    assert.ok(!existsSync(old));
  });

  it('is not, for a new clone: its predecessor has left it', () => {
    const stateDir = clone('gateway');
    const old = byPath(stateDir);
    writeFileSync(join(old, 'postgres/data-18/PG_VERSION'), '18');
    assert.ok(!existsSync(join(use(stateDir), 'postgres/data-18/PG_VERSION')));
    assert.ok(!existsSync(old));
  });
});
