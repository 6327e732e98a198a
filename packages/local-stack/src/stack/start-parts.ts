import { join } from 'node:path';
import { renderEdge } from '../edge/render-edge.ts';
import type { PreparedPostgres } from '../parts/index.ts';
import type { ProcessSpec } from '../process/index.ts';
import { meshSecrets } from '../secrets/mesh-secrets.ts';
import { publicJwks } from '../secrets/signing-key.ts';
import type { Scale } from '../services/place-services.ts';
import type { MeshView, SimulatorView } from '../services/service-definitions.ts';
import { serviceProcess } from '../services/service-process.ts';
import { keepServiceSettings } from '../services/service-settings.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { StackLayout } from './lay-out-stack.ts';
import { databaseName, operatorClientId } from './names.ts';
import type { StackFolder } from './stack-folder.ts';

/** Starts every process of a stack, each as soon as what it needs is there, and waits until all are ready. */
export async function startParts(options: {
  supervisor: Supervisor;
  folder: StackFolder;
  layout: StackLayout;
  /** How many replicas of a service are started, where not all. */
  running: Scale;
  otlpEndpoint: string;
  handedOn: Readonly<Record<string, string>>;
  trustedProxies: readonly string[];
}): Promise<void> {
  const { supervisor, folder, layout, running, otlpEndpoint, handedOn, trustedProxies } = options;
  const postgresReady = supervisor.start(layout.postgres.spec, 0);
  const around = {
    root: folder.root,
    logsFolder: folder.logs,
    compileCacheFolder: folder.compileCache,
    meshKeys: { root: layout.root, generation: layout.meshGeneration },
    mesh: describeMesh(layout, databaseUrls(layout.postgres, postgresReady)),
    otlpEndpoint,
    handedOn,
  };
  await Promise.all([
    postgresReady,
    ...(layout.stateRedisUrl === layout.redisState.url ? [supervisor.start(layout.redisState.spec, 0)] : []),
    supervisor.start(layout.redisCache.spec, 0),
    supervisor.start(layout.edgeExporter.spec, 0),
    ...(layout.spanSink === undefined ? [] : [supervisor.start(layout.spanSink.spec, 0)]),
    ...layout.replicas.map(async (replica) => {
      const spec = await serviceProcess(replica, around);
      const { name, tier } = replica.definition;
      keepServiceSettings(folder, name, spec.env);
      const isStarted = replica.number <= (running[name] ?? replica.number);
      return isStarted ? supervisor.start(spec, tier) : supervisor.reserve(spec, tier);
    }),
    supervisor.start(edgeProcess(folder, layout, trustedProxies), 4),
  ]);
}

export function edgeUrls({ httpPort, httpsPort }: StackLayout): { http: string; https: string } {
  return { http: `http://localhost:${httpPort}`, https: `https://localhost:${httpsPort}` };
}

export function urlsOf({ replicas }: StackLayout, service: string): string[] {
  return replicas.filter(({ definition }) => definition.name === service).map(({ url }) => url);
}

function describeMesh(layout: StackLayout, databaseUrlOf: MeshView['databaseUrlOf']): MeshView {
  const { http, https } = edgeUrls(layout);
  return {
    publicUrl: https,
    edgeUrls: [https, http],
    urlsOf: (service) => urlsOf(layout, service),
    databaseUrlOf,
    redisUrl: layout.stateRedisUrl,
    redisCacheUrl: layout.redisCache.url,
    ...meshSecrets(layout.root),
    operator: { clientId: operatorClientId, jwks: JSON.stringify(publicJwks(layout.operatorKey)) },
    policyFilesJwks: JSON.stringify(publicJwks(layout.policyFilesKey)),
    simulator: describeSimulator(layout),
  };
}

function describeSimulator({ replicas, tls }: StackLayout): SimulatorView | undefined {
  const simulator = replicas.find(({ definition }) => definition.mockOnly);
  const leaf = tls.leaves.simulator;
  if (simulator === undefined || leaf === undefined) return undefined;
  return {
    url: simulator.url,
    http: `127.0.0.1:${simulator.port}`,
    https: `127.0.0.1:${simulator.extraPorts.TLS_PORT}`,
    caFile: tls.caFile,
    ...leaf,
  };
}

/** Roles are made one after the other: Postgres refuses to change one thing twice at once. */
function databaseUrls(postgres: PreparedPostgres, ready: Promise<void>): MeshView['databaseUrlOf'] {
  const urls = new Map<string, Promise<string>>();
  let last: Promise<unknown> = ready;
  return (role) => {
    const known = urls.get(role);
    if (known !== undefined) return known;
    const url = last.then(() => postgres.ensureServiceRole({ database: databaseName, role }));
    urls.set(role, url);
    last = url;
    return url;
  };
}

function edgeProcess(
  folder: StackFolder,
  layout: StackLayout,
  trustedProxies: readonly string[],
): ProcessSpec {
  const servers = (service: string) => urlsOf(layout, service).map((url) => new URL(url).host);
  const [simulatorUrl] = urlsOf(layout, 'provider-simulator');
  const { httpPort, httpsPort, tls, nginx } = layout;
  const configFile = renderEdge(join(folder.root, 'nginx'), folder.nginx, {
    httpPort,
    httpsPort,
    tls: tls.leaves.edge ?? { certificateFile: '', privateKeyFile: '' },
    accessLogFile: join(folder.logs, 'edge-access.log'),
    outcomesPort: layout.edgeExporter.outcomesPort,
    authServers: servers('auth-service'),
    policyServers: servers('policy-service'),
    proxyServers: servers('proxy-service'),
    ...(simulatorUrl === undefined ? {} : { simulatorUrl }),
    trustedProxies,
    nginx,
  });
  return nginx.specFor({
    name: 'edge',
    configFile,
    prefix: folder.nginx,
    logFile: join(folder.logs, 'edge.log'),
    ports: [httpPort, httpsPort],
  });
}
