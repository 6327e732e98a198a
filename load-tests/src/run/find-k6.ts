import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { binFolder, root } from '../places.ts';

/** Runs TypeScript by itself from 0.57 on. */
export const k6Version = 'v1.8.1';
const oldestMinor = 57;
/** What its module asks for. */
const oldestGoMinor = 24;

/** A k6 to run: a command, and what comes before its own arguments so that it can read these folders and has these variables. */
export interface K6 {
  readonly command: string;
  argsFor(folders: readonly string[], env: Readonly<Record<string, string>>): readonly string[];
  /** Whether the command is a client of docker's, and k6 another process whose CPU is not seen. */
  readonly isContained: boolean;
  /** `k6 v1.8.1 (…)`. */
  readonly version: string;
}

/** Says how to get one. */
export class K6MissingError extends Error {}

const onPath = 'k6';
const built = path.join(binFolder, 'k6');

/** The k6 on `PATH`, or one that was built here before; undefined where there is none that runs TypeScript. */
export function findK6(): K6 | undefined {
  return [onPath, built].flatMap((command) => usable(command) ?? []).at(0);
}

/**
 * A k6 that runs TypeScript: of `PATH`, else built by Go into `.local/bin`, else in a container.
 *
 * @throws K6MissingError that says how to get it
 */
export function bringK6(report: (text: string) => void): K6 {
  return findK6() ?? buildK6(report) ?? inContainer() ?? fail();
}

function fail(): never {
  throw new K6MissingError(
    [
      'k6 is needed and there is none here. Any of these brings it:',
      '  - a k6 of version 0.57 or later on PATH: https://grafana.com/docs/k6/latest/set-up/install-k6/',
      `  - Go 1.${oldestGoMinor} or later on PATH: the next run builds k6 ${k6Version} with it`,
      '  - Docker with compose: the next run uses the profile `load` of docker-compose.yml',
    ].join('\n'),
  );
}

function usable(command: string): K6 | undefined {
  const version = outputOf(command, ['version']);
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(version ?? '') ?? [];
  if (version === undefined || major === undefined) return undefined;
  const isFit = Number(major) > 0 || Number(minor) >= oldestMinor;
  return isFit ? { command, argsFor: () => [], isContained: false, version } : undefined;
}

function buildK6(report: (text: string) => void): K6 | undefined {
  const go = ['go', '/usr/local/go/bin/go'].find((command) => isFitGo(outputOf(command, ['version'])));
  if (go === undefined) return undefined;
  report(`building k6 ${k6Version} with ${go}; this takes a few minutes, once`);
  mkdirSync(binFolder, { recursive: true });
  const build = spawnSync(go, ['install', `go.k6.io/k6@${k6Version}`], {
    env: { ...process.env, GOBIN: binFolder, GOFLAGS: '-mod=mod' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return build.status === 0 && existsSync(built) ? usable(built) : undefined;
}

function isFitGo(version: string | undefined): boolean {
  const [, minor] = /go1\.(\d+)/.exec(version ?? '') ?? [];
  return Number(minor) >= oldestGoMinor;
}

/** In the host's network: the edge and the dispenser listen on loopback alone. Its folders have the same names there. */
function inContainer(): K6 | undefined {
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const file = path.join(root, 'docker-compose.yml');
  return composes
    .map(([command, ...first]): Omit<K6, 'version'> => {
      const argsFor: K6['argsFor'] = (folders, env) => [
        ...[...first, '--file', file, '--profile', 'load', 'run', '--rm', '--no-deps', '-T', '--user', user],
        ...folders.flatMap((folder) => ['--volume', `${folder}:${folder}:ro`]),
        ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
        'load',
      ];
      return { command, argsFor, isContained: true };
    })
    .flatMap((k6) => {
      const version = outputOf(k6.command, [...k6.argsFor([], {}), 'version']);
      return version === undefined ? [] : [{ ...k6, version }];
    })
    .at(0);
}

/** The plugin of docker, and the program that was there before it. */
const composes: readonly (readonly [string, ...string[]])[] = [['docker', 'compose'], ['docker-compose']];

function outputOf(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim().split('\n').at(-1) : undefined;
}
