/**
 * Whether faults of providers leave anything behind: calls of every action of the real adapters, hit by every mode in turn.
 * Afterwards neither the adapters nor the simulator may hold more connections or memory than before.
 *
 * `npm run prove -- faulty-calls [calls] [concurrency]`
 */
import { globSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type StackFile, stackFolder, startStack } from '@4runr/local-stack';
import { type AdaptersUnderFault, startAdaptersUnderFault } from '../test/mesh/adapters-under-fault.ts';
import { makeFaultyCalls, type Outcomes, untilSocketsAreClosed } from '../test/mesh/faulty-calls.ts';
import { createFaultSetter } from './measure/fault-setter.ts';

const root = path.resolve(import.meta.dirname, '../..');
const [calls = 10_000, concurrency = 50] = process.argv.slice(2).map(Number);
const warmUp = 1_400;
/** What the heap may grow by, in bytes: a kilobyte a call would be ten times as much. */
const heapGrowthMax = 1_048_576;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const state = await mkdtemp(path.join(tmpdir(), '4runr-faulty-calls-'));
const stack = await startStack({
  folder: stackFolder(root, { state }),
  ports: 'anywhere',
  ephemeral: true,
  demonstration: false,
  environment: { UPSTREAM_MODE: 'mock', FF_CHAOS: 'on' },
});
try {
  await prove(stack.describe());
} finally {
  await stack.stop();
  await rm(state, { recursive: true, force: true });
}

async function prove(described: StackFile): Promise<void> {
  const [simulator] = described.services['provider-simulator'] ?? [];
  if (simulator === undefined) throw new Error('there is no simulator');
  const { set: setFault } = await createFaultSetter(described);
  const adapters = await startAdaptersUnderFault({ simulatorUrl: simulator.url, timeLimitMs: 2_000 });
  const run = (count: number) => makeFaultyCalls({ adapters, setFault, calls: count, concurrency });
  await run(warmUp);
  const before = await measure(simulator.pid);
  const startedAt = performance.now();
  const outcomes = await run(calls);
  const tookMs = performance.now() - startedAt;
  const after = await measure(simulator.pid);
  await end(adapters);
  report({ outcomes, before, after, tookMs });
}

interface Measure {
  readonly heapBytes: number;
  /** Resident memory of the simulator, in kilobytes. */
  readonly simulatorKilobytes: number;
  readonly simulatorSockets: number;
}

/** Services let a connection wait for its next request for 35 s; then what is left is measured. */
async function measure(simulatorPid: number): Promise<Measure> {
  await new Promise((resolve) => setTimeout(resolve, 40_000));
  collectGarbage();
  const status = readFileSync(`/proc/${simulatorPid}/status`, 'utf8');
  return {
    heapBytes: process.memoryUsage().heapUsed,
    simulatorKilobytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]),
    simulatorSockets: globSync(`/proc/${simulatorPid}/fd/*`).filter(isSocket).length,
  };
}

function isSocket(file: string): boolean {
  try {
    return readlinkSync(file).startsWith('socket:');
  } catch {
    return false;
  }
}

/** @throws Error when a connection outlives the adapters */
async function end(adapters: AdaptersUnderFault): Promise<void> {
  await adapters.close();
  await untilSocketsAreClosed();
}

function report(result: { outcomes: Outcomes; before: Measure; after: Measure; tookMs: number }): void {
  const { outcomes, before, after, tookMs } = result;
  console.log(
    `Node ${process.version}. ${calls} faulty calls, ${concurrency} at a time, in ${(tookMs / 1_000).toFixed(1)} s\n`,
  );
  console.log('| call | ended |\n|---|---|');
  for (const [call, counts] of outcomes)
    console.log(`| ${call} | ${[...counts].map(([how, count]) => `${count} \`${how}\``).join(', ')} |`);
  console.log('\n| what is held | before | after |\n|---|---|---|');
  console.log(`| heap of the adapters, KiB | ${before.heapBytes >> 10} | ${after.heapBytes >> 10} |`);
  console.log(
    `| resident memory of the simulator, KiB | ${before.simulatorKilobytes} | ${after.simulatorKilobytes} |`,
  );
  console.log(`| sockets of the simulator | ${before.simulatorSockets} | ${after.simulatorSockets} |`);
  if (after.simulatorSockets > before.simulatorSockets) fail('sockets are left');
  if (after.heapBytes - before.heapBytes > heapGrowthMax) fail('the heap has grown');
}

function fail(what: string): void {
  console.error(what);
  process.exitCode = 1;
}
