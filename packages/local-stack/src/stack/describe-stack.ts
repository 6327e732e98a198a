import { join } from 'node:path';
import type { PartStatus } from '../supervisor/supervised-process.ts';
import type { StackLayout } from './lay-out-stack.ts';
import { databaseName, operatorClientId } from './names.ts';
import type { StackFile } from './stack-file.ts';
import { type StackFolder, shownPath } from './stack-folder.ts';
import { edgeUrls } from './start-parts.ts';

/** What `stack.json` says of a running stack. */
export function describeStack(stack: {
  folder: StackFolder;
  layout: StackLayout;
  agents: StackFile['agents'];
  otlpEndpoint: string;
  statuses: readonly PartStatus[];
  startedAt: Date;
}): StackFile {
  const { folder, layout, agents, statuses } = stack;
  const shown = (path: string) => shownPath(folder.root, path);
  const agentOf = (name: keyof StackFile['agents']) => ({
    ...agents[name],
    keyFile: shown(agents[name].keyFile),
  });
  const simulator = layout.replicas.find(({ definition }) => definition.mockOnly);
  return {
    edge: { ...edgeUrls(layout), ca: shown(layout.tls.caFile), exporter: layout.edgeExporter.url },
    operator: { clientId: operatorClientId, keyFile: shown(join(folder.keys, 'operator.pem')) },
    agents: { scraper: agentOf('scraper'), enricher: agentOf('enricher'), engager: agentOf('engager') },
    services: describeServices(layout, statuses, shown),
    ...(simulator === undefined ? {} : { simulator: { url: simulator.url } }),
    postgres: { url: layout.postgres.adminUrlOf(databaseName) },
    redis: { url: layout.stateRedisUrl, cacheUrl: layout.redisCache.url },
    traces: describeTraces(stack, shown),
    supervisor: { pid: process.pid, startedAt: stack.startedAt.toISOString() },
    parts: statuses.map((status) => describePart(layout, status, shown)),
  };
}

function describeServices(
  { replicas }: StackLayout,
  statuses: readonly PartStatus[],
  shown: (path: string) => string,
): StackFile['services'] {
  const services: StackFile['services'] = {};
  for (const { definition, name, url } of replicas) {
    services[definition.name] ??= [];
    const status = statuses.find((part) => part.name === name);
    if (status?.pid === undefined) continue;
    services[definition.name]?.push({ url, pid: status.pid, log: shown(status.log) });
  }
  return services;
}

function describeTraces(
  { layout, otlpEndpoint }: { layout: StackLayout; otlpEndpoint: string },
  shown: (path: string) => string,
): StackFile['traces'] {
  const { jaegerUrl, folder } = layout.spanSink ?? {};
  return {
    otlp: otlpEndpoint,
    ...(jaegerUrl === undefined ? {} : { jaeger: jaegerUrl }),
    ...(folder === undefined ? {} : { folder: shown(folder) }),
  };
}

function describePart(
  layout: StackLayout,
  status: PartStatus,
  shown: (path: string) => string,
): StackFile['parts'][number] {
  return {
    name: status.name,
    state: status.state,
    pid: status.pid ?? null,
    ports: [...status.ports],
    restarts: status.restarts,
    startedAt: status.startedAt === undefined ? null : new Date(status.startedAt).toISOString(),
    readyUrl: readyUrlOf(layout, status.name),
    log: shown(status.log),
  };
}

function readyUrlOf(layout: StackLayout, part: string): string | null {
  if (part === 'edge') return `${edgeUrls(layout).http}/health`;
  if (part === layout.edgeExporter.spec.name) return `${layout.edgeExporter.url}/readyz`;
  const replica = layout.replicas.find(({ name }) => name === part);
  return replica === undefined ? null : `${replica.url}/readyz`;
}
