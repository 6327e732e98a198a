import type { RequestListener } from 'node:http';
import type { ServiceName } from '@4runr/contracts/mesh';
import { type BaseConfig, publicDefaultsIn } from '../config/index.ts';
import { createHttpServer, drain, listen } from '../http/http-server.ts';
import { createKit, type Kit } from './kit.ts';

/** Builds a service's parts and gives back what answers its requests. */
export type Compose<C extends BaseConfig> = (kit: Kit<C>) => Promise<RequestListener> | RequestListener;

export interface ServiceDefinition<C extends BaseConfig> {
  readonly name: ServiceName;
  /** @throws ConfigError */
  readonly config: () => C;
  readonly compose: Compose<C>;
}

export interface RunningService {
  readonly name: ServiceName;
  readonly port: number;
  readonly url: string;
  readonly kit: Kit;
  /**
   * Stops in order: readiness turns negative, no new connections, calls in flight and work beside them end (at most
   * `SHUTDOWN_GRACE_MS`), then the parts close in reverse order of their making, each within two seconds. Calling it again gives
   * the same promise.
   */
  stop(): Promise<void>;
}

/** Starts a service in this process. Used by `runService` and, without a process of its own, by tests. */
export async function startService<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
): Promise<RunningService> {
  const config = definition.config();
  const { kit, startDraining, closeAll } = createKit(definition.name, config);
  warnOfPublicDefaults(kit);
  tellOfMeshKeys(kit);
  try {
    const server = createHttpServer(await definition.compose(kit), { logger: kit.logger });
    const port = await listen(server, { port: config.port, host: config.host });
    kit.logger.info({ port }, 'listening');
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      const { shutdownGraceMs } = config;
      await Promise.all([startDraining(shutdownGraceMs), drain(server, shutdownGraceMs)]);
      await closeAll();
      kit.logger.info('stopped');
    };
    const url = `http://${config.host}:${port}`;
    return { name: definition.name, port, url, kit, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Mesh keys change by settings alone: nobody but a start can tell of it (docs/runbooks/rotate-the-mesh-keys.md). */
function tellOfMeshKeys({ keyring, logger, metrics }: Kit): void {
  const inUse = metrics.gauge({
    name: 'gateway_mesh_keys',
    help: 'Always 1; the labels say which mesh keys this service signs with, and takes',
    labelNames: ['kid', 'use'],
  });
  const { signs, accepts } = keyring.kids;
  for (const [use, kids] of Object.entries({ signs, accepts }))
    for (const kid of kids) inUse.set({ kid, use }, 1);
  logger.info({ event: 'security.mesh_keys', signs, accepts }, 'mesh keys in use');
}

/** Once, in one line: a test knows what it does, and production has refused them. */
function warnOfPublicDefaults({ config, logger }: Kit): void {
  const settings = publicDefaultsIn(config);
  if (config.environment !== 'development' || settings.length === 0) return;
  logger.warn({ settings }, 'secrets that everybody knows are in use: good for development alone');
}
