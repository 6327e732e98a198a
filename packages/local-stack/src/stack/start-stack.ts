import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { demonstrate } from '../clients/demonstrate.ts';
import { createEdgeClient, type EdgeClient } from '../clients/edge-client.ts';
import { enrolAgents } from '../clients/enrol-agents.ts';
import { readStackEnvironment, type StackEnvironment } from '../config.ts';
import { stopLeftovers, untilHttpOk } from '../process/index.ts';
import type { Scale } from '../services/place-services.ts';
import { createSupervisor, type Supervisor } from '../supervisor/supervisor.ts';
import { createPortChooser, type PortChooser } from './choose-port.ts';
import { describeStack } from './describe-stack.ts';
import { layOutStack, type StackLayout } from './lay-out-stack.ts';
import { asStep, type ReportStackEvent } from './stack-event.ts';
import { type StackFile, writeStackFile } from './stack-file.ts';
import type { StackFolder } from './stack-folder.ts';
import { lockStack } from './stack-lock.ts';
import { edgeUrls, operatorClientId, startParts } from './start-parts.ts';

export interface StackOptions {
  readonly folder: StackFolder;
  readonly scale?: Scale;
  /** Forgets the data of earlier runs. Default false. */
  readonly fresh?: boolean;
  /** Default `preferred`; see `createPortChooser`. */
  readonly ports?: 'preferred' | 'anywhere';
  /** Whether one call of each tool is made and shown. Default true. */
  readonly demonstration?: boolean;
  /** Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly report?: ReportStackEvent;
  /** Gives up a start. */
  readonly signal?: AbortSignal;
}

/** A running stack. Its processes are started again when they die, for as long as this process lives. */
export interface Stack {
  /** As `stack.json` says it now. */
  describe(): StackFile;
  /** Ends every process and removes `stack.json`. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts the whole mesh and returns when it serves: parts, services, edge, an enrolled operator and three agents. When
 * anything fails, or `signal` aborts, everything that was started is stopped before this rejects.
 *
 * @throws StackTakenError, PartUnavailableError, and Error with the last lines of the failing part's log
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { folder, report = () => {}, signal } = options;
  const environment = readStackEnvironment(options.environment);
  const unlock = lockStack(folder.lockFile);
  const ports = createPortChooser(options.ports ?? 'preferred');
  let describe: (() => StackFile) | undefined;
  const supervisor = createSupervisor((part, event) => {
    if (describe !== undefined) writeStackFile(folder.stackFile, describe());
    report({ kind: 'part', name: part.name, log: part.log, event });
  });
  const stopOnce = async () => {
    describe = undefined;
    await supervisor.stop();
    rmSync(folder.stackFile, { force: true });
    ports.releaseAll();
    unlock();
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopOnce());
  try {
    const started = startMesh({ ...options, report, environment, ports, supervisor });
    const known = await givingUpOn(signal, started);
    describe = known.describe;
    writeStackFile(folder.stackFile, known.describe());
    await givingUpOn(signal, known.demonstrate());
    return { describe: known.describe, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface MeshOptions extends Omit<StackOptions, 'environment' | 'ports'> {
  readonly report: ReportStackEvent;
  readonly environment: StackEnvironment;
  readonly ports: PortChooser;
  readonly supervisor: Supervisor;
}

async function startMesh(options: MeshOptions) {
  const { folder, report, ports, supervisor, environment } = options;
  const startedAt = new Date();
  await stopOrphans(folder, report);
  const givenEndpoint = environment.handedOn.OTEL_EXPORTER_OTLP_ENDPOINT;
  const layout = await layOutStack({
    folder,
    ports,
    report,
    scale: options.scale ?? {},
    fresh: options.fresh ?? false,
    upstreamMode: environment.upstreamMode,
    ownSpanSink: givenEndpoint === undefined,
  });
  const otlpEndpoint = givenEndpoint ?? layout.spanSink?.otlpEndpoint ?? '';
  await startParts({ supervisor, folder, layout, otlpEndpoint, handedOn: environment.handedOn });
  await asStep(report, 'the mesh can serve', () => untilMeshReady(layout));
  const agents = await asStep(report, 'demo agents', () => withEdge(layout, (edge) => enrol(edge, folder)));
  const statuses = () => supervisor.statuses();
  return {
    describe: () => describeStack({ folder, layout, agents, otlpEndpoint, statuses: statuses(), startedAt }),
    demonstrate: async () => {
      if (options.demonstration === false) return;
      await withEdge(layout, (edge) => showEachTool({ edge, agents, environment, report }));
    },
  };
}

/** A supervisor that was killed has left its processes running. */
async function stopOrphans(folder: StackFolder, report: ReportStackEvent): Promise<void> {
  const names = await stopLeftovers(folder.logs);
  if (names.length === 0) return;
  report({ kind: 'note', text: `stopped what an earlier run had left: ${names.join(', ')}` });
}

const meshReadyWithinMs = 30_000;

function untilMeshReady(layout: StackLayout): Promise<void> {
  return untilHttpOk(`${edgeUrls(layout).http}/ready`, AbortSignal.timeout(meshReadyWithinMs));
}

async function withEdge<T>(layout: StackLayout, use: (edge: EdgeClient) => Promise<T>): Promise<T> {
  const edge = createEdgeClient({ url: edgeUrls(layout).https, caFile: layout.tls.caFile });
  try {
    return await use(edge);
  } finally {
    await edge.close();
  }
}

function enrol(edge: EdgeClient, folder: StackFolder): Promise<StackFile['agents']> {
  const keyFileOf = (name: string) => join(folder.keys, `${name}.pem`);
  const operator = { clientId: operatorClientId, keyFile: keyFileOf('operator') };
  return enrolAgents({ edge, operator, keyFileOf, file: folder.agentsFile });
}

function showEachTool(options: {
  edge: EdgeClient;
  agents: StackFile['agents'];
  environment: StackEnvironment;
  report: ReportStackEvent;
}): Promise<void> {
  const { edge, agents, environment, report } = options;
  return demonstrate({
    edge,
    agents,
    upstreamMode: environment.upstreamMode,
    onAnswer: ({ scope, answer }) =>
      report({
        kind: 'answer',
        scope,
        status: answer.status,
        ms: answer.ms,
        text: JSON.stringify(answer.body),
      }),
  });
}

/** Rejects as soon as the signal aborts, whatever the work is waiting for. */
async function givingUpOn<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
