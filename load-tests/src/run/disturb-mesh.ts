import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '@4runr/contracts/fault';
import type { MeshUnderLoad } from '../mesh/mesh-under-load.ts';
import type { OperatorDesk } from '../mesh/operator-desk.ts';
import type { Happening } from '../record/run-record.ts';
import type { Disturbance } from '../scenarios/index.ts';

/** Tools whose providers a fault hits: those of the mix. */
export const faultyTools = ['serpapi', 'http_fetch', 'openai', 'gmail_send'] as const;

const lookMs = 50;

/**
 * Does to the mesh what the scenario says, each at its time. What could not be done rejects: a run that claims faults which were
 * never set would say nothing.
 *
 * @param options `beganAt` is in milliseconds since the epoch; `happenings` takes in what is done, each just before it is
 */
export async function disturbMesh(options: {
  disturbances: readonly Disturbance[];
  mesh: MeshUnderLoad;
  desk: OperatorDesk;
  beganAt: number;
  happenings: Happening[];
  signal: AbortSignal;
}): Promise<void> {
  const { disturbances, mesh, desk, beganAt, happenings, signal } = options;
  const tell = (kind: Happening['kind'], what: string) =>
    happenings.push({ atMs: Date.now() - beganAt, kind, what });
  const recoveries: Promise<void>[] = [];
  for (const disturbance of disturbances) {
    await delay(Math.max(0, beganAt + disturbance.atSeconds * 1_000 - Date.now()), undefined, { signal });
    if (disturbance.kind === 'restart') {
      const { service } = disturbance;
      recoveries.push(restart(mesh, service, tell));
    } else {
      if (disturbance.kind === 'fault') tell('fault', disturbance.name);
      else tell('calm', 'no fault');
      await changeFaults(desk, disturbance.kind === 'fault' ? disturbance.fault : undefined);
    }
  }
  await Promise.all(recoveries);
}

async function changeFaults(desk: OperatorDesk, fault: Fault | undefined): Promise<void> {
  await Promise.all(
    faultyTools.map((tool) =>
      fault === undefined ? desk.clearFault(tool).catch(() => {}) : desk.setFault(tool, fault),
    ),
  );
}

/** Stops a service as a deployment does (SIGTERM); its supervisor starts it again. Every replica, one after the other. */
async function restart(
  mesh: MeshUnderLoad,
  service: string,
  tell: (kind: Happening['kind'], what: string) => void,
): Promise<void> {
  for (const { pid } of mesh.describe()?.services[service] ?? []) {
    const name = mesh.describe()?.parts.find((part) => part.pid === pid)?.name;
    tell('restart', service);
    process.kill(pid, 'SIGTERM');
    await untilReplaced(mesh, name, pid);
    tell('ready again', service);
  }
}

const replacedWithinMs = 30_000;

/** @throws Error when it is not there again in time */
async function untilReplaced(mesh: MeshUnderLoad, name: string | undefined, pid: number): Promise<void> {
  const deadline = Date.now() + replacedWithinMs;
  const isReplaced = () =>
    mesh.describe()?.parts.some((part) => part.name === name && part.state === 'ready' && part.pid !== pid);
  while (!isReplaced()) {
    if (Date.now() > deadline) throw new Error(`${name} was not ready again within ${replacedWithinMs} ms`);
    await delay(lookMs);
  }
}
