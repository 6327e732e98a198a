import { setTimeout as delay } from 'node:timers/promises';
import type { StackFile } from '@4runr/local-stack';
import { registerAgents } from '../mesh/load-agents.ts';
import { stackOf } from '../mesh/mesh-under-load.ts';
import { createOperatorDesk } from '../mesh/operator-desk.ts';
import { startMesh } from '../mesh/start-mesh.ts';
import { serviceOf } from '../record/part-names.ts';
import type { PartSample } from '../record/sample.ts';
import { readUsage } from '../run/process-usage.ts';
import { readStores, type StoreCounts } from '../run/store-counts.ts';
import { startMixedCalls } from './make-mixed-calls.ts';
import { addedBy, type Connections, type KeptKind, readConnections, readKept } from './read-stores.ts';

/** Services that calls of the mix go through: those whose replicas are measured. */
export const scaledServices = [
  'auth-service',
  'policy-service',
  'proxy-service',
  'adapter-serpapi',
  'adapter-http-fetch',
  'adapter-openai',
  'adapter-gmail-send',
] as const;

/** A mesh with as many replicas of each service, measured once. */
export interface ReplicasRun {
  readonly replicas: number;
  readonly calls: number;
  /** Calls by `<tool>/<action>`. */
  readonly callsByAction: Readonly<Record<string, number>>;
  /** Calls that failed, by their codes. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of the calls alone. */
  readonly seconds: number;
  readonly parts: readonly PartCost[];
  readonly connections: Connections;
  /** What the calls added, over all of them, without what is added while idle. */
  readonly added: StoreCounts;
  /** Held at the end, after {@link callsSinceStart} calls. */
  readonly kept: readonly KeptKind[];
  readonly callsSinceStart: number;
}

/** All replicas of a service, or one part that it stands on. */
export interface PartCost {
  readonly name: string;
  /** Cores of all replicas together while nothing is asked of them. */
  readonly idleCores: number;
  /** Microseconds of CPU that the calls took of all replicas together, without what they take while idle. */
  readonly cpuUs: number;
  /** MiB of each replica, when the calls were over. */
  readonly residentMiB: readonly number[];
  /** Of {@link cpuUs}, what each replica took. */
  readonly shares: readonly number[];
}

export interface ReplicasOptions {
  readonly tasks: number;
  /** Tasks for each replica before anything is measured, until everything is compiled that calls go through. */
  readonly warmUpTasks: number;
  readonly idleMs: number;
  readonly report: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Until what follows a call is over: the audit trail is drained, spans are sent. */
const settleMs = 4_000;

export async function measureReplicas(replicas: number, options: ReplicasOptions): Promise<ReplicasRun> {
  const { tasks, warmUpTasks, idleMs, report, signal } = options;
  report(`starting a fresh stack, ${replicas} of each service`);
  const mesh = await startMesh({
    environment: { OTEL_TRACES_SAMPLER_ARG: '0.1', ...process.env },
    scale: Object.fromEntries(scaledServices.map((name) => [name, replicas])),
    report,
    signal,
  });
  try {
    const describe = () => stackOf(mesh);
    await using registered = await registerAgents(createOperatorDesk(mesh), mesh.edge);
    await using load = await startMixedCalls(mesh.edgeUrl, registered.agents);
    report(`warming up: ${warmUpTasks * replicas} tasks`);
    const warmUp = await load.make(warmUpTasks * replicas);
    await delay(settleMs, undefined, { signal });
    const [quietStores, quiet] = [await readStores(describe()), look(describe())];
    await delay(idleMs, undefined, { signal });
    const [stores, before] = [await readStores(describe()), look(describe())];
    report(`measuring: ${tasks} tasks`);
    const made = await load.make(tasks);
    const seconds = (performance.now() - before.atMs) / 1_000;
    const connections = await readConnections(describe());
    await delay(settleMs, undefined, { signal });
    const after = look(describe());
    return {
      replicas,
      calls: made.length,
      callsByAction: countBy(made.map(({ call }) => call)),
      failures: countBy(made.flatMap(({ verdict, outcome }) => (verdict === 'failed' ? [outcome] : []))),
      seconds,
      parts: costsOf(quiet, before, after),
      connections,
      added: addedBy(
        { before: stores, after: await readStores(describe()) },
        { before: quietStores, after: stores },
        (after.atMs - before.atMs) / (before.atMs - quiet.atMs),
      ),
      kept: await readKept(describe()),
      callsSinceStart: warmUp.length + made.length,
    };
  } finally {
    await mesh.stop();
  }
}

interface Look {
  readonly atMs: number;
  readonly parts: readonly PartSample[];
}

function look(stack: StackFile): Look {
  const parts = stack.parts.filter(({ name }) => name !== 'provider-simulator');
  return { atMs: performance.now(), parts: readUsage(parts) };
}

export function costsOf(quiet: Look, before: Look, after: Look): PartCost[] {
  const cpuOf = ({ parts }: Look, name: string) => parts.find((part) => part.name === name)?.cpuUs ?? 0;
  const idleUsPerMs = (name: string) =>
    (cpuOf(before, name) - cpuOf(quiet, name)) / (before.atMs - quiet.atMs);
  return [...Map.groupBy(after.parts, ({ name }) => serviceOf(name))].map(([name, own]) => {
    const taken = own.map((part) =>
      Math.max(
        0,
        part.cpuUs - cpuOf(before, part.name) - idleUsPerMs(part.name) * (after.atMs - before.atMs),
      ),
    );
    const cpuUs = taken.reduce((sum, value) => sum + value, 0);
    return {
      name,
      idleCores: own.reduce((sum, part) => sum + idleUsPerMs(part.name), 0) / 1_000,
      cpuUs,
      residentMiB: own.map(({ residentMiB }) => residentMiB),
      shares: taken.map((value) => (cpuUs === 0 ? 0 : value / cpuUs)),
    };
  });
}

function countBy(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, own]) => [name, own.length]));
}
