/**
 * Whether scaling and restarts lose calls. Under a steady load of every tool and of tokens, each service in turn has its replicas
 * changed: from one to two, each of the two restarted by SIGTERM, one killed, three, and back to one. Every call must be answered
 * right; beside a kill those may fail that were under way then. CPU of three replicas has to be even within 30 s.
 *
 * The replicas have their addresses from the start, and who calls them is not told which of them run: a replica that comes has its first
 * calls as soon as it listens, one that goes until it refuses them.
 *
 * `npm run prove -- scaling [calls per second and tool] [seconds under load after each change] [crowd] [service …]`: the crowd is of
 * processes that keep the machine's cores from the mesh.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@4runr/local-stack';
import { cpuByPart } from './measure/cpu.ts';
import { countOutcomes } from './measure/open-load.ts';
import { withStack } from './measure/proof-stack.ts';
import { type SteadyLoad, type SteadyOutcome, startSteadyLoad } from './measure/steady-load.ts';

const [rateGiven = '8', secondsGiven = '6', crowdGiven = '0', ...chosen] = process.argv.slice(2);
const afterwardsMs = Number(secondsGiven) * 1_000;
/** From when on CPU is looked at, after the third replica is ready, and for how long. */
const evenAfterMs = 15_000;
const evenForMs = 10_000;
/** How far a replica's CPU may be from the mean of the three. */
const unevenMax = 0.5;

const every = [
  'adapter-serpapi',
  'adapter-http-fetch',
  'adapter-openai',
  'adapter-gmail-send',
  'policy-service',
  'auth-service',
  'proxy-service',
] as const;
const services = every.filter((name) => chosen.length === 0 || chosen.includes(name));
const scale = Object.fromEntries(services.map((name) => [name, 3]));
const running = Object.fromEntries(services.map((name) => [name, 1]));

const failures: string[] = [];
/** Every call is of one change: of that during which it was answered. */
let seenUntil = 0;

/** @returns the row of CPU */
async function prove(stack: Stack, load: SteadyLoad, service: string): Promise<string> {
  const [first, second, third] = [service, `${service}-2`, `${service}-3`] as const;
  const restart = async (part: string) => {
    await stack.stopPart(part);
    await stack.startPart(part);
  };
  const change = (what: string, make: () => Promise<void>) => during(load, service, what, make);
  await change('1 -> 2', () => stack.startPart(second));
  await change('restart of the second', () => restart(second));
  await change('restart of the first', () => restart(first));
  await change('SIGKILL of the second', () => kill(stack, second));
  let row = '';
  await change('2 -> 3', async () => {
    await stack.startPart(third);
    row = await describeCpu(stack, [first, second, third]);
  });
  await change('3 -> 1', async () => {
    await Promise.all([stack.stopPart(second), stack.stopPart(third)]);
  });
  return `| ${service} | ${row} |`;
}

/** Makes a change, lets the load go on for a while, and tells what came of all calls since. */
async function during(
  load: SteadyLoad,
  service: string,
  what: string,
  make: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  await make();
  const madeAt = performance.now();
  await delay(afterwardsMs);
  const to = performance.now();
  const calls = load.outcomes(seenUntil, to);
  seenUntil = to;
  const failed = calls.filter(({ outcome }) => outcome !== '200');
  console.log(`| ${service} | ${what} | ${calls.length} | ${describe(failed, startedAt)} |`);
  const excused = what.startsWith('SIGKILL') ? failed.filter((call) => wasUnderWay(call, madeAt)) : [];
  if (failed.length > excused.length) failures.push(`${service}, ${what}: ${describe(failed, startedAt)}`);
}

const wasUnderWay = ({ sentAt, ms }: SteadyOutcome, at: number) => sentAt <= at && sentAt + ms >= at;

function describe(failed: readonly SteadyOutcome[], from: number): string {
  if (failed.length === 0) return '0';
  const details = failed.map(
    ({ asked, outcome, sentAt, ms }) =>
      `${asked} ${outcome} (sent at ${((sentAt - from) / 1_000).toFixed(2)} s, ${ms.toFixed(0)} ms)`,
  );
  return `${failed.length}: ${details.slice(0, 20).join(', ')}`;
}

async function kill(stack: Stack, part: string): Promise<void> {
  const pid = stack.describe().parts.find(({ name }) => name === part)?.pid;
  assert.ok(pid !== undefined && pid !== null, `${part} does not run`);
  process.kill(pid, 'SIGKILL');
}

async function describeCpu(stack: Stack, replicas: readonly string[]): Promise<string> {
  await delay(evenAfterMs);
  const before = cpuByPart(stack.describe());
  await delay(evenForMs);
  const after = cpuByPart(stack.describe());
  const used = replicas.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0));
  const mean = used.reduce((sum, us) => sum + us, 0) / used.length;
  const shares = used.map((us) => us / mean);
  if (shares.some((share) => Math.abs(share - 1) > unevenMax))
    failures.push(`CPU of ${replicas.join(', ')} is ${shares.map((share) => share.toFixed(2)).join(', ')}`);
  return `${shares.map((share) => share.toFixed(2)).join(', ')} of ${(mean / evenForMs / 10).toFixed(1)} % of a core`;
}

/** So many processes that do nothing all the time, as long as this one lives. */
function startCrowd(size: number): ChildProcess[] {
  const idle = `while (process.ppid === ${process.pid});`;
  return Array.from({ length: size }, () => spawn(process.execPath, ['-e', idle], { stdio: 'ignore' }));
}

await withStack({ scale, running, environment: { TOKEN_RATE_CLIENT: '0' } }, async (stack) => {
  const load = await startSteadyLoad(stack.describe(), Number(rateGiven));
  const crowd = startCrowd(Number(crowdGiven));
  try {
    await delay(afterwardsMs);
    console.log('| service | change | calls | not answered right |\n|---|---|---|---|');
    const even: string[] = [];
    for (const service of services) even.push(await prove(stack, load, service));
    console.log('\n| service | CPU of each of three replicas, as a share of their mean |\n|---|---|');
    console.log(even.join('\n'));
  } finally {
    for (const idler of crowd) idler.kill('SIGKILL');
    await load.stop();
  }
  const all = load.outcomes();
  console.log(`\nAll calls: ${countOutcomes(all)}.`);
  assert.deepEqual(failures, []);
});
