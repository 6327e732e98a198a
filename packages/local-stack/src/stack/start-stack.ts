import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { demonstrate } from '../clients/demonstrate.ts';
import { createEdgeClient, type EdgeClient } from '../clients/edge-client.ts';
import { enrolAgents } from '../clients/enrol-agents.ts';
import type { ClientCredentials } from '../clients/request-token.ts';
import { readStackEnvironment } from '../config.ts';
import { stopLeftovers, untilHttpOk } from '../process/index.ts';
import type { Scale } from '../services/place-services.ts';
import { forgetServiceSettings } from '../services/service-settings.ts';
import type { PartEvent, PartStatus } from '../supervisor/supervised-process.ts';
import { createSupervisor } from '../supervisor/supervisor.ts';
import { applyPolicyFiles } from './apply-policy-files.ts';
import { createPortChooser } from './choose-port.ts';
import { describeStack } from './describe-stack.ts';
import { layOutStack, type StackLayout } from './lay-out-stack.ts';
import { operatorClientId } from './names.ts';
import { asStep, type ReportStackEvent } from './stack-event.ts';
import { type StackFile, writeStackFile } from './stack-file.ts';
import { putLogsAside, type StackFolder } from './stack-folder.ts';
import { lockStack } from './stack-lock.ts';
import { edgeUrls, startParts } from './start-parts.ts';

export interface StackOptions {
  readonly folder: StackFolder;
  readonly scale?: Scale;
  /**
   * How many of a service's replicas run at first, where that are fewer than `scale` says: the others have their places, which those who
   * would call them know, until {@link Stack.startPart}.
   */
  readonly running?: Scale;
  /** Forgets the data of earlier runs. Default false. */
  readonly fresh?: boolean;
  /** Begins a new generation of the keys between services; the one before is accepted until the next. Default false. */
  readonly rotateMeshKeys?: boolean;
  /** Default `preferred`; see `createPortChooser`. */
  readonly ports?: 'preferred' | 'anywhere';
  /** Whether `deploy/policies` is applied, as by a deployment. Default false. */
  readonly policyFiles?: boolean;
  /** Whether one call of each tool is made and shown. Default true. */
  readonly demonstration?: boolean;
  /** State Redis, or Redis Cluster, that somebody else runs: then the stack starts none. Default: its own. */
  readonly stateRedisUrl?: string;
  /** Removes the state folder and all data when it stops: for tests, with a folder of their own. Default false. */
  readonly ephemeral?: boolean;
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
  /** Starts a part that is not running, and waits until it is ready. @throws Error when it does not become ready */
  startPart(name: string): Promise<void>;
  /** Lets a part drain and leave; it stays away until {@link startPart}. */
  stopPart(name: string): Promise<void>;
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
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(lockStack(options.folder.lockFile));
  const raised = await givingUpOn(options.signal, raiseStack(options, cleanUp));
  const owned = cleanUp.move();
  let stopping: Promise<void> | undefined;
  return { ...raised, stop: () => (stopping ??= owned.disposeAsync()) };
}

/** What undoes each step is left in `cleanUp`; once that is disposed of, no further step succeeds. */
async function raiseStack(
  options: StackOptions,
  cleanUp: AsyncDisposableStack,
): Promise<Omit<Stack, 'stop'>> {
  const { folder, report = () => {} } = options;
  const { upstreamMode, trustedProxies, handedOn } = readStackEnvironment(options.environment);
  const startedAt = new Date();
  await stopOrphans(folder, report);
  putLogsAside(folder);

  const ports = createPortChooser(options.ports ?? 'preferred');
  cleanUp.defer(() => ports.releaseAll());
  const layout = await layOutStack({
    folder,
    ports,
    report,
    upstreamMode,
    scale: options.scale ?? {},
    fresh: options.fresh ?? false,
    rotateMeshKeys: options.rotateMeshKeys ?? false,
    stateRedisUrl: options.stateRedisUrl,
    ownSpanSink: handedOn.OTEL_EXPORTER_OTLP_ENDPOINT === undefined,
  });
  if (options.ephemeral) cleanUp.defer(() => forgetEverything(folder, layout));

  const announcement = announceChanges(report);
  const supervisor = createSupervisor(announcement.partChanged);
  cleanUp.defer(() => supervisor.stop());
  cleanUp.defer(() => forgetServiceSettings(folder));
  const otlpEndpoint = handedOn.OTEL_EXPORTER_OTLP_ENDPOINT ?? layout.spanSink?.otlpEndpoint ?? '';
  const { running = {} } = options;
  await startParts({ supervisor, folder, layout, running, otlpEndpoint, handedOn, trustedProxies });
  await asStep(report, 'the mesh can serve', () => untilMeshReady(layout));
  const agents = await asStep(report, 'demo agents', () => withEdge(layout, (edge) => enrol(edge, folder)));

  if (options.policyFiles === true) await showPolicyFiles(folder, layout, report);

  const describe = () =>
    describeStack({ folder, layout, agents, otlpEndpoint, statuses: supervisor.statuses(), startedAt });
  options.signal?.throwIfAborted();
  cleanUp.defer(announcement.publish(folder.stackFile, describe));
  if (options.demonstration !== false)
    await withEdge(layout, (edge) =>
      showEachTool({ edge, operator: operatorIn(folder), agents, upstreamMode, report }),
    );
  return { describe, startPart: supervisor.startPart, stopPart: supervisor.stopPart };
}

/** Tells of every change of a part: the watcher always, and `stack.json` from when it is published until it is withdrawn. */
function announceChanges(report: ReportStackEvent) {
  let write = () => {};
  return {
    partChanged: ({ name, log }: PartStatus, event: PartEvent): void => {
      write();
      report({ kind: 'part', name, log, event });
    },
    publish: (file: string, describe: () => StackFile) => {
      write = () => writeStackFile(file, describe());
      write();
      return () => {
        write = () => {};
        rmSync(file, { force: true });
      };
    },
  };
}

function forgetEverything(folder: StackFolder, { postgres, redisState, redisCache }: StackLayout): void {
  for (const part of [postgres, redisState, redisCache]) part.removeData();
  rmSync(folder.state, { recursive: true, force: true });
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
  const keyFileOf = (name: string) => keyFileIn(folder, name);
  return enrolAgents({ edge, operator: operatorIn(folder), keyFileOf, file: folder.agentsFile });
}

function operatorIn(folder: StackFolder): ClientCredentials {
  return { clientId: operatorClientId, keyFile: keyFileIn(folder, 'operator') };
}

function keyFileIn(folder: StackFolder, name: string): string {
  return join(folder.keys, `${name}.pem`);
}

/** What is in their way is told, and no reason not to start: the policies that are active stay. */
async function showPolicyFiles(
  folder: StackFolder,
  layout: StackLayout,
  report: ReportStackEvent,
): Promise<void> {
  const edge = { url: edgeUrls(layout).https, caFile: layout.tls.caFile };
  const inTheWay = await asStep(report, 'policies of deploy/policies', () => applyPolicyFiles(folder, edge));
  if (inTheWay !== undefined)
    report({ kind: 'note', text: `policy files were not all applied: ${inTheWay}` });
}

function showEachTool(options: {
  edge: EdgeClient;
  operator: ClientCredentials;
  agents: StackFile['agents'];
  upstreamMode: 'mock' | 'live';
  report: ReportStackEvent;
}): Promise<void> {
  const { report, ...demonstration } = options;
  return demonstrate({
    ...demonstration,
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
