import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { baselinesReport } from '../baselines/baselines-report.ts';
import { concurrency } from '../baselines/make-calls.ts';
import { cpuUsOf, measureTargets } from '../baselines/measure-targets.ts';
import { startPortkey } from '../baselines/start-portkey.ts';
import { startSkeleton } from '../baselines/start-skeleton.ts';
import { makeTargets, type Targets } from '../baselines/targets.ts';
import { stackOf } from '../mesh/mesh-under-load.ts';
import { startMesh } from '../mesh/start-mesh.ts';
import { reportFolder } from '../places.ts';
import { interruptedBySignals } from './interrupted-by-signals.ts';
import { aboutMeasurement, saveReport } from './measured-report.ts';
import { createProgress } from './progress.ts';
import { UsageError } from './usage.ts';

const roundSeconds = 5;
const perSecond = 120;

/** Ours, the skeleton and Portkey by turns on this machine. The exit code says whether it could be measured, not how it came out. */
export async function runBaselines(args: readonly string[]): Promise<number> {
  const { rounds, timeScale } = parse(args);
  const progress = createProgress();
  const signal = interruptedBySignals();
  const folder = mkdtempSync(path.join(tmpdir(), '4runr-baselines-'));
  progress.say('starting a fresh stack, the skeleton and Portkey');
  const environment = { OTEL_TRACES_SAMPLER_ARG: '0.1', ...process.env };
  const mesh = await startMesh({ environment, report: progress.say, signal });
  try {
    const describe = () => stackOf(mesh);
    await using skeleton = await startSkeleton(describe(), folder);
    await using portkey = await startPortkey(folder, progress.say);
    const { targets, renewTokens } = await makeTargets({ describe, skeleton, portkey });
    const idleCores = await idleCoresOf(targets);
    const measured = await measureTargets(Object.values(targets), {
      rounds,
      ms: roundSeconds * 1_000 * timeScale,
      perSecond,
      onRound: (round) => {
        progress.say(`round ${round} of ${rounds}`);
        return renewTokens();
      },
    });
    const endedAt = new Date();
    const about = [
      ...aboutMeasurement(`baselines ${args.join(' ')}`, endedAt),
      `${rounds} rounds by turns; of each target ${roundSeconds * timeScale} s, ${concurrency} calls at a time, then as long at ${perSecond} calls/s`,
      'policy and audit on, traces sampled at 10 %, the cache passed by but for the cached search; plain HTTP; the simulated provider adds no latency, and its CPU is in no figure',
    ];
    saveReport(reportFolder('baselines', endedAt), baselinesReport({ targets, measured, idleCores, about }));
    return 0;
  } finally {
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function parse(args: readonly string[]): { rounds: number; timeScale: number } {
  const options = {
    rounds: { type: 'string', default: '7' },
    'time-scale': { type: 'string', default: '1' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [rounds, timeScale] = [Number(values.rounds), Number(values['time-scale'])];
  if (!(Number.isInteger(rounds) && rounds > 0 && timeScale > 0))
    throw new UsageError('--rounds is a whole number above 0, --time-scale a number above 0');
  return { rounds, timeScale };
}

const idleMs = 3_000;

async function idleCoresOf({ search }: Targets): Promise<number> {
  const before = cpuUsOf(search);
  await delay(idleMs);
  return (cpuUsOf(search) - before) / (idleMs * 1_000);
}
