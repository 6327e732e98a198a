import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { rootFolder } from './places.mjs';
import { runStep } from './step.mjs';

/** Inside node_modules, so that removing these removes it too. */
const stampFile = join(rootFolder, 'node_modules', '.installed-by-bootstrap.json');

/** There only when the dependencies of development are, whoever installed them. */
const developmentSign = join(rootFolder, 'node_modules', 'typescript');

/**
 * Installs what the lockfile says, when it or a package.json has changed since the last time. Without `isDev` the
 * dependencies of development are left out, unless they are installed already: then they are kept up to date, so that
 * `npm start` and `npm test` by turns install nothing.
 * @param {{ isDev: boolean, toolchain: import('./toolchain.mjs').Toolchain }} options
 */
export async function ensureDependencies({ isDev, toolchain }) {
  const wanted = { hash: hashOfManifests(), isDev };
  if (!isCurrent(wanted)) await withLock(() => install(wanted, toolchain));
}

async function install(wanted, toolchain) {
  if (isCurrent(wanted)) return;
  const isDev = wanted.isDev || existsSync(developmentSign);
  rmSync(stampFile, { force: true });
  const what = `installing the dependencies${isDev ? ' with those of development' : ''}`;
  const flags = [
    '--frozen-lockfile',
    // pnpm's policies were applied when the lockfile was made; asking the registry again costs seconds and a network.
    '--trust-lockfile',
    // pnpm's 64 look-ups at once overrun small resolvers, and each lost answer costs five seconds.
    '--network-concurrency=16',
    '--config.fetch-retry-mintimeout=1000',
    '--config.fetch-retry-maxtimeout=5000',
    '--reporter=append-only',
    ...(isDev ? [] : ['--prod']),
  ];
  await runStep(what, 'pnpm', ['install', ...flags], {
    cwd: rootFolder,
    path: toolchain.path,
    env: { CI: 'true' },
  });
  writeFileSync(stampFile, JSON.stringify({ hash: wanted.hash }));
}

function isCurrent({ hash, isDev }) {
  return readStamp()?.hash === hash && (!isDev || hasDevDependencies());
}

/** By pnpm's own record, because a person may have run `pnpm install` as well. */
function hasDevDependencies() {
  try {
    const record = readFileSync(join(rootFolder, 'node_modules', '.modules.yaml'), 'utf8');
    return /"?devDependencies"?: true/.test(record);
  } catch {
    return false;
  }
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return undefined;
  }
}

function hashOfManifests() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()]) {
    hash.update(`${file}\0`).update(readFileSync(join(rootFolder, file)));
  }
  return hash.digest('hex');
}

/** Every package.json of the workspace, by the folders that pnpm-workspace.yaml names. */
function manifests() {
  const yaml = readFileSync(join(rootFolder, 'pnpm-workspace.yaml'), 'utf8');
  const patterns = [
    ...(yaml.match(/^packages:\n((?: +- .*\n)+)/m)?.[1] ?? '').matchAll(/- +['"]?([^'"\n]+)/g),
  ];
  const folders = patterns.flatMap(([, pattern]) => expand(pattern));
  return ['package.json', ...folders.map((folder) => join(folder, 'package.json'))].filter((file) =>
    existsSync(join(rootFolder, file)),
  );
}

function expand(pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(rootFolder, parent))) return [];
  return readdirSync(join(rootFolder, parent))
    .sort()
    .map((name) => join(parent, name));
}
