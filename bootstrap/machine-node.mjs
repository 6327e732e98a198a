import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const MAJOR_MIN = 24;

/** Whether npm ships a Node for this machine: Linux with glibc on x64 or arm64. */
export function usesPinnedNode() {
  return process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch) && !isMusl();
}

/** A Node of the machine's own that is new enough, or undefined. */
export function findNode() {
  const folders = [
    '/opt/homebrew/opt/node@24/bin',
    '/usr/local/opt/node@24/bin',
    '/opt/homebrew/bin',
    '/usr/local/bin',
  ];
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = [process.execPath, ...[...onPath, ...folders].map((folder) => join(folder, 'node'))];
  return candidates.find((node) => existsSync(node) && majorOf(node) >= MAJOR_MIN);
}

export function nodeMissingMessage() {
  const command =
    process.platform === 'darwin'
      ? 'brew install node'
      : isMusl()
        ? 'apk add nodejs-current npm'
        : 'see https://nodejs.org/en/download';
  return (
    `Node ${MAJOR_MIN} or later is needed on ${process.platform} ${process.arch}${isMusl() ? ' (musl)' : ''}; this is ${process.version}.\n` +
    `To mend it: ${command}`
  );
}

/** By the dynamic loader that the running Node names in its header (ELF, .interp). */
function isMusl() {
  if (process.platform !== 'linux') return false;
  const header = Buffer.alloc(4096);
  const file = openSync(process.execPath, 'r');
  readSync(file, header);
  closeSync(file);
  return header.includes('/ld-musl-');
}

function majorOf(node) {
  if (node === process.execPath) return Number.parseInt(process.versions.node, 10);
  try {
    return Number.parseInt(execFileSync(node, ['--version'], { encoding: 'utf8' }).slice(1), 10);
  } catch {
    return 0;
  }
}
