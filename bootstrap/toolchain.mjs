import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { findNode, nodeMissingMessage, usesPinnedNode } from './machine-node.mjs';
import { localFolder, logFile, rootFolder } from './places.mjs';
import { SetUpError } from './set-up-error.mjs';
import { runStep } from './step.mjs';

/**
 * @typedef {object} Toolchain
 * @property {string} node the Node to run everything with
 * @property {string[]} path folders of node and pnpm, to stand first in PATH
 */

const sources = join(rootFolder, 'bootstrap', 'toolchain');
const manifest = readFileSync(join(sources, 'package.json'), 'utf8');
const lockfile = readFileSync(join(sources, 'package-lock.json'), 'utf8');
const platform = `linux-${process.arch}`;
const npmFlags = ['--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retry-mintimeout=1000'];

/**
 * Brings the pinned Node and pnpm to `.local/toolchain/<hash of the lockfile>`; a folder of that name is complete.
 * Where npm has no Node for the platform, one of the machine is used, and pnpm alone is brought.
 * @returns {Promise<Toolchain>}
 * @throws {SetUpError} when there is no fitting Node, or npm cannot bring the toolchain
 */
export async function ensureToolchain() {
  if (process.platform === 'win32')
    throw new SetUpError('Windows is supported through WSL2: https://aka.ms/wsl');
  const hash = createHash('sha256').update(manifest).update(lockfile).digest('hex').slice(0, 12);
  const folder = join(localFolder, 'toolchain', hash);
  const modules = join(folder, 'node_modules');
  if (usesPinnedNode()) {
    await ensureFolder(folder, bringNodeAndPnpm);
    const bin = join(modules, `node-${platform}`, 'bin');
    return { node: join(bin, 'node'), path: [bin, join(modules, '@pnpm', `exe.${platform}`)] };
  }
  const node = findNode();
  if (node === undefined) throw new SetUpError(nodeMissingMessage());
  await ensureFolder(folder, bringPnpm);
  return { node, path: [dirname(node), join(modules, '.bin')] };
}

async function bringNodeAndPnpm(cwd) {
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(sources, file), join(cwd, file));
  const what = `bringing Node ${versionOf(`node-${platform}`)} and pnpm ${versionOf(`@pnpm/exe.${platform}`)}`;
  await runStep(what, 'npm', ['ci', '--include=optional', ...npmFlags], { cwd });
  checkRuns(join(cwd, 'node_modules', `node-${platform}`, 'bin', 'node'));
  checkRuns(join(cwd, 'node_modules', '@pnpm', `exe.${platform}`, 'pnpm'));
}

/** The package `pnpm` picks the binary of the platform, of which the lockfile has Linux's alone. */
async function bringPnpm(cwd) {
  const version = versionOf('@pnpm/exe.linux-x64');
  await runStep(
    `bringing pnpm ${version}`,
    'npm',
    ['install', '--prefix', '.', ...npmFlags, `pnpm@${version}`],
    { cwd },
  );
}

function versionOf(name) {
  return JSON.parse(manifest).optionalDependencies[name];
}

/** A folder gets its name only when it is filled. */
async function ensureFolder(folder, fill) {
  if (existsSync(folder)) return;
  await withLock(async () => {
    if (existsSync(folder)) return;
    const parent = dirname(folder);
    mkdirSync(parent, { recursive: true });
    for (const name of readdirSync(parent)) {
      // Left by a set-up that was killed: this one holds the lock.
      if (name.startsWith('.installing-')) rmSync(join(parent, name), { recursive: true, force: true });
    }
    const temporary = mkdtempSync(join(parent, '.installing-'));
    try {
      await fill(temporary);
      renameSync(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
}

/** npm leaves out an optional dependency that it cannot download, and says nothing. */
function checkRuns(program) {
  const name = basename(program);
  if (!existsSync(program)) {
    throw new SetUpError(
      `npm could not download ${name} for ${platform}: the package registry cannot be reached, or lacks it.\n` +
        `Check the network, the proxy and \`npm config get registry\`, then run the command again. Log: ${logFile}`,
    );
  }
  try {
    execFileSync(program, ['--version'], { cwd: '/', stdio: 'pipe' });
  } catch (error) {
    throw new SetUpError(
      `The ${name} that npm ships does not run on this machine:\n${error.stderr || error.message}`,
    );
  }
}
