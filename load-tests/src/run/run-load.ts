import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { registerAgents, tokenTtlSeconds } from '../mesh/load-agents.ts';
import type { MeshUnderLoad } from '../mesh/mesh-under-load.ts';
import { createOperatorDesk, type OperatorDesk } from '../mesh/operator-desk.ts';
import type { Role } from '../mix/planned-call.ts';
import type { RecordedRun } from '../record/report-folder.ts';
import type { Happening, RunRecord } from '../record/run-record.ts';
import { type Scenario, secondsOf } from '../scenarios/index.ts';
import { since } from './count-providers.ts';
import { describeCommit, describeMachine } from './describe-machine.ts';
import { disturbMesh } from './disturb-mesh.ts';
import type { K6 } from './find-k6.ts';
import type { K6Plan } from './k6-plan.ts';
import { runK6 } from './k6-process.ts';
import type { LoadWatch } from './load-watch.ts';
import { lookAtMesh } from './look-at-mesh.ts';
import { planArrivals } from './plan-arrivals.ts';
import { problemStatuses } from './problem-statuses.ts';
import { readLogs } from './read-logs.ts';
import { startSampler } from './sampler.ts';
import { settledAudit } from './settled-audit.ts';
import { startTokenDispenser, type TokenDispenser } from './token-dispenser.ts';

export interface LoadOptions {
  readonly k6: K6;
  readonly mesh: MeshUnderLoad;
  /** Agents to register, by role. Default: {@link agentsOfRole}. */
  readonly agents?: Readonly<Record<Role, number>>;
  /** With its times as they are to be. */
  readonly scenario: Scenario;
  readonly timeScale: number;
  readonly seed: number;
  /** As it was given, for whoever wants to repeat it. */
  readonly command: string;
  /** Where k6's own log goes. */
  readonly folder: string;
  /** Of a quiet mesh before and after the load, in milliseconds. */
  readonly quietMs: number;
  readonly watch: LoadWatch;
  readonly report: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Makes the calls of a scenario against a mesh, and records all that is to be known of it. Decides nothing about it. */
export async function runLoad(options: LoadOptions): Promise<RecordedRun> {
  const { mesh, folder, report } = options;
  mkdirSync(folder, { recursive: true });
  const desk = createOperatorDesk(mesh);
  report('registering the agents of this run');
  await using registered = await registerAgents(desk, mesh.edge, options.agents);
  await using dispenser = await startTokenDispenser(registered.agents);
  const ids = registered.agents.map(({ id }) => id);

  const before = await lookAtMesh(mesh);
  const made = await makeCalls({ ...options, desk, dispenser });
  const after = await lookAtMesh(mesh);
  report('counting what the audit trail holds');
  const audit = await settledAudit(desk, ids, { rows: made.watch.rows, report }).catch(() => null);
  const received = before.providers && after.providers ? since(before.providers, after.providers) : undefined;
  const logged = await readLogs(mesh, Date.parse(made.told.begunAt));
  const record: RunRecord = {
    ...describeRun(options),
    ...made.told,
    machine: { ...describeMachine(options.k6.version), ...before.versions },
    agents: { count: ids.length, tokens: dispenser.issued(), tokenTtlSeconds },
    audit,
    providers: received === undefined ? null : [...received.providers],
    mailsReceived: received?.mails ?? null,
    loggedCalls: logged?.calls ?? null,
    logged,
    storage: before.storage && after.storage ? { before: before.storage, after: after.storage } : null,
  };
  const { rows } = made.watch;
  return { record, rows, samples: made.samples, before: before.metrics, after: after.metrics };
}

type DescribedRun = Pick<
  RunRecord,
  | 'version'
  | 'scenario'
  | 'about'
  | 'tolerates'
  | 'command'
  | 'commit'
  | 'seed'
  | 'timeScale'
  | 'edgeUrl'
  | 'phases'
  | 'settings'
>;

function describeRun({ scenario, command, seed, timeScale, mesh }: LoadOptions): DescribedRun {
  const { name, about, tolerates, phases } = scenario;
  const { edgeUrl, settings } = mesh;
  return {
    version: 1,
    scenario: name,
    about,
    tolerates,
    command,
    commit: describeCommit(),
    seed,
    timeScale,
    edgeUrl,
    phases: [...phases],
    settings: { ...settings },
  };
}

/** The load itself, with what is seen of the mesh before, during and after it. */
async function makeCalls(options: LoadOptions & { desk: OperatorDesk; dispenser: TokenDispenser }) {
  const { mesh, scenario, dispenser, watch, quietMs, signal, report } = options;
  const stopped = new AbortController();
  const k6 = startK6(options);
  const sampler = startSampler({
    mesh,
    pauseMs: pauseOf(scenario),
    others: () => ({ k6: k6.pid, 'load runner': process.pid }),
  });
  signal.addEventListener('abort', () => k6.interrupt());
  await Promise.race([dispenser.begun, k6.ended]);
  const beganAt = Date.now();
  watch.begin(beganAt, () => k6.interrupt());
  report('the load begins');
  const happenings: Happening[] = [];
  const disturbing = disturbMesh({
    ...options,
    disturbances: scenario.disturbances,
    beganAt,
    happenings,
    signal: stopped.signal,
  }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  disturbing.catch(() => k6.interrupt());
  const exitCode = await k6.ended;
  const lastedMs = Date.now() - beganAt;
  stopped.abort();
  watch.end();
  await delay(quietMs);
  await sampler.stop();
  await disturbing;
  return {
    watch,
    samples: sampler.samples.map((sample, index) => ({
      atMs: (sampler.times[index] ?? beganAt) - beganAt,
      ...sample,
    })),
    told: {
      begunAt: new Date(beganAt).toISOString(),
      lastedMs,
      stoppedAt: watch.stoppedAt,
      happenings,
      generator: { exitCode, ...watch.generator },
    },
  };
}

/** Between a look each second, and two hundred and forty of the run. */
function pauseOf(scenario: Scenario): number {
  return Math.min(10_000, Math.max(1_000, (secondsOf(scenario) * 1_000) / 240));
}

/** Of every call, in milliseconds: longer than the mesh may take for one. */
const timeoutMs = 60_000;

function startK6({
  k6,
  mesh,
  scenario,
  seed,
  dispenser,
  folder,
  watch,
}: LoadOptions & { dispenser: TokenDispenser }) {
  const plan: K6Plan = {
    seed,
    edgeUrl: mesh.edgeUrl,
    dispenserUrl: dispenser.url,
    problemStatuses,
    timeoutMs,
    executor: planArrivals(scenario),
  };
  const planFolder = mkdtempSync(path.join(tmpdir(), '4runr-load-plan-'));
  const planFile = path.join(planFolder, 'plan.json');
  writeFileSync(planFile, JSON.stringify(plan));
  const running = runK6(k6, {
    planFile,
    caFile: mesh.caFile,
    logFile: path.join(folder, 'k6.log'),
    listener: watch,
  });
  const ended = running.ended.finally(() => rmSync(planFolder, { recursive: true, force: true }));
  return { ...running, ended };
}
