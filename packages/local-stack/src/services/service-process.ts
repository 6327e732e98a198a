import { join } from 'node:path';
import { handedOnTo } from '../config.ts';
import { baseEnv } from '../parts/program.ts';
import { type ProcessSpec, untilHttpOk } from '../process/index.ts';
import { type MeshKeySource, meshKeysOf } from './mesh-pairs.ts';
import type { Replica } from './place-services.ts';
import type { MeshView } from './service-definitions.ts';

/** What all services of a stack have in common. */
export interface ServiceSurroundings {
  readonly root: string;
  readonly logsFolder: string;
  readonly compileCacheFolder: string;
  readonly meshKeys: MeshKeySource;
  readonly mesh: MeshView;
  readonly otlpEndpoint: string;
  /** From the environment that the stack was started in; the stack's own settings win. */
  readonly handedOn: Readonly<Record<string, string>>;
}

/** The process of one replica: its TypeScript run by this Node, ready when `/readyz` says so. */
export async function serviceProcess(replica: Replica, around: ServiceSurroundings): Promise<ProcessSpec> {
  const { definition, name, port, extraPorts, url } = replica;
  const ports = Object.entries({ PORT: port, ...extraPorts });
  return {
    name,
    command: process.execPath,
    args: ['src/main.ts'],
    cwd: join(around.root, definition.folder),
    env: {
      ...baseEnv(),
      ...handedOnTo(definition.settings, around.handedOn),
      NODE_COMPILE_CACHE: around.compileCacheFolder,
      OTEL_EXPORTER_OTLP_ENDPOINT: around.otlpEndpoint,
      MESH_KEYS: JSON.stringify(meshKeysOf(definition.name, around.meshKeys)),
      ...Object.fromEntries(ports.map(([variable, value]) => [variable, String(value)])),
      ...(await definition.env(around.mesh)),
    },
    stopSignal: 'SIGTERM',
    logFile: join(around.logsFolder, `${name}.log`),
    ready: (signal) => untilHttpOk(`${url}/readyz`, signal),
    ports: ports.map(([, value]) => value),
  };
}
