import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { policyFilesClientId } from '@4runr/contracts/token';
import { simulatedHosts } from '@4runr/provider-simulator/hosts';
import { agentNames } from '../clients/enrol-agents.ts';
import { type EdgeExporter, placeEdgeExporter } from '../edge/edge-exporter.ts';
import {
  type PreparedNginx,
  type PreparedPostgres,
  type PreparedRedis,
  prepareNginx,
  preparePostgres,
  prepareRedis,
} from '../parts/index.ts';
import { rotateMeshKeys as beginMeshGeneration, readMeshGeneration } from '../secrets/mesh-generation.ts';
import { loadRootSecret } from '../secrets/root-secret.ts';
import { ensureSigningKey } from '../secrets/signing-key.ts';
import { placeServices, type Replica, type Scale } from '../services/place-services.ts';
import { chooseSpanSink, type SpanSink } from '../spans/span-process.ts';
import { ensureStackTls, type StackTls } from '../tls/stack-tls.ts';
import type { PortChooser } from './choose-port.ts';
import { asStep, type ReportStackEvent } from './stack-event.ts';
import { forgetState, type StackFolder } from './stack-folder.ts';

/** Everything that is decided, made and brought before the first process starts. */
export interface StackLayout {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly replicas: readonly Replica[];
  readonly edgeExporter: EdgeExporter;
  readonly root: Buffer;
  /** Of the mesh keys. */
  readonly meshGeneration: number;
  readonly operatorKey: KeyObject;
  readonly policyFilesKey: KeyObject;
  readonly tls: StackTls;
  readonly postgres: PreparedPostgres;
  readonly redisState: PreparedRedis;
  /** Of the Redis that holds the services' state: that one, or one that somebody else runs. */
  readonly stateRedisUrl: string;
  readonly redisCache: PreparedRedis;
  readonly nginx: PreparedNginx;
  /** Undefined where the environment names a receiver of its own. */
  readonly spanSink: SpanSink | undefined;
}

export interface LayoutOptions {
  readonly folder: StackFolder;
  readonly ports: PortChooser;
  readonly scale: Scale;
  readonly upstreamMode: 'mock' | 'live';
  readonly ownSpanSink: boolean;
  /** See `StackOptions`. */
  readonly stateRedisUrl: string | undefined;
  /** Forgets what earlier runs kept. */
  readonly fresh: boolean;
  /** Begins a new generation of the mesh keys. */
  readonly rotateMeshKeys: boolean;
  readonly report: ReportStackEvent;
}

/** Chooses ports, makes secrets and certificates, and finds or brings the programs. @throws PartUnavailableError */
export async function layOutStack(options: LayoutOptions): Promise<StackLayout> {
  const { folder, ports, report, fresh } = options;
  if (fresh) forgetState(folder);
  const choosePort = (preferred: number) => ports.choose(preferred);
  const httpPort = await choosePort(8080);
  const httpsPort = await choosePort(8443);
  const replicas = await placeServices({ ...options, choosePort });
  const edgeExporter = await placeEdgeExporter({
    root: folder.root,
    logsFolder: folder.logs,
    compileCacheFolder: folder.compileCache,
    choosePort,
  });
  const spanSink = options.ownSpanSink
    ? await chooseSpanSink({ tracesFolder: folder.traces, logsFolder: folder.logs, choosePort })
    : undefined;
  const dataPorts = {
    postgres: await choosePort(4032),
    state: await choosePort(4079),
    cache: await choosePort(4080),
  };
  const [secrets, programs] = await Promise.all([
    asStep(report, 'keys and certificates', () => makeSecrets(options)),
    asStep(report, 'Postgres, Redis and nginx', () => bringPrograms(options, dataPorts)),
  ]);
  const stateRedisUrl = options.stateRedisUrl ?? programs.redisState.url;
  return { httpPort, httpsPort, replicas, edgeExporter, spanSink, stateRedisUrl, ...secrets, ...programs };
}

/** Names that the edge's certificate is for. */
const edgeNames = ['localhost', '127.0.0.1', '::1'];

async function makeSecrets({ folder, rotateMeshKeys }: LayoutOptions) {
  const { secretsFile } = folder;
  const root = loadRootSecret(secretsFile);
  const meshGeneration = rotateMeshKeys ? beginMeshGeneration(secretsFile) : readMeshGeneration(secretsFile);
  const keyOf = (name: string) => ensureSigningKey(join(folder.keys, `${name}.pem`));
  const [operatorKey, policyFilesKey, tls] = await Promise.all([
    keyOf('operator'),
    keyOf(policyFilesClientId),
    ensureStackTls(folder.tls, { edge: edgeNames, simulator: simulatedHosts }),
    ...agentNames.map(keyOf),
  ]);
  return { root, meshGeneration, operatorKey, policyFilesKey, tls };
}

async function bringPrograms(
  { folder, report, fresh }: LayoutOptions,
  ports: Readonly<Record<'postgres' | 'state' | 'cache', number>>,
) {
  const optionsOf = (name: string, port: number) => ({
    cacheDir: folder.cache,
    stateDir: folder.state,
    logFile: join(folder.logs, `${name}.log`),
    port,
    report: (text: string) => report({ kind: 'note', text }),
  });
  // One Redis after the other: the second finds the programs that the first had to bring.
  const prepareRedises = async (): Promise<[PreparedRedis, PreparedRedis]> => [
    await prepareRedis({ ...optionsOf('redis-state', ports.state), role: 'state' }),
    await prepareRedis({ ...optionsOf('redis-cache', ports.cache), role: 'cache' }),
  ];
  const prepareData = () =>
    Promise.all([preparePostgres(optionsOf('postgres', ports.postgres)), prepareRedises()]);
  // Only a prepared part knows where its data lies.
  if (fresh) for (const part of (await prepareData()).flat()) part.removeData();
  const [[postgres, [redisState, redisCache]], nginx] = await Promise.all([
    prepareData(),
    prepareNginx(optionsOf('edge', 0)),
  ]);
  return { postgres, redisState, redisCache, nginx };
}
