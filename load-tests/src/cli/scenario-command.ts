import path from 'node:path';
import { joinMesh } from '../mesh/join-mesh.ts';
import type { MeshUnderLoad } from '../mesh/mesh-under-load.ts';
import { startMesh } from '../mesh/start-mesh.ts';
import { reportFolder, root } from '../places.ts';
import { writeRun } from '../record/report-folder.ts';
import { judgeRun } from '../report/judge-run.ts';
import { writeReport } from '../report/write-report.ts';
import { bringK6 } from '../run/find-k6.ts';
import { LoadWatch } from '../run/load-watch.ts';
import { runLoad } from '../run/run-load.ts';
import { scaleTime, secondsOf } from '../scenarios/index.ts';
import { interruptedBySignals } from './interrupted-by-signals.ts';
import { createProgress, type Progress } from './progress.ts';
import { parseScenarioOptions, type ScenarioOptions } from './scenario-options.ts';

/** Seconds for which the quiet mesh is looked at before and after a load, at most. */
const quietSecondsMax = 10;

/** Runs a scenario and writes its report. @returns exit code: 0 when every answer was what it had to be */
export async function runScenario(name: string, args: readonly string[]): Promise<number> {
  const options = parseScenarioOptions(name, args);
  const progress = createProgress();
  const interruption = interruptedBySignals();
  const k6 = bringK6(progress.say);
  progress.say(`${k6.version}`);
  const scenario = scaleTime(options.scenario, options.timeScale);
  const folder = path.resolve(root, options.folder ?? reportFolder(name, new Date()));
  const mesh = await openMesh(options, progress, interruption);
  try {
    const watch = new LoadWatch(scenario);
    progress.watch(watch, secondsOf(scenario));
    const run = await runLoad({
      k6,
      mesh,
      scenario,
      timeScale: options.timeScale,
      seed: options.seed,
      command: ['npm run load --', name, ...args].join(' '),
      folder,
      quietMs: Math.min(quietSecondsMax, Math.max(1, secondsOf(scenario) / 10)) * 1_000,
      watch,
      report: progress.say,
      signal: interruption,
    });
    progress.stop();
    await writeRun(folder, run);
    await writeReport(folder, run);
    const { isSound, sentences } = judgeRun(run);
    for (const sentence of sentences) progress.say(sentence);
    progress.say(`${path.relative(root, folder)}/report.md and report.html`);
    return isSound ? 0 : 1;
  } finally {
    progress.stop();
    await mesh.stop();
  }
}

async function openMesh(
  { url, operator, scenario, scale }: ScenarioOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<MeshUnderLoad> {
  if (url !== undefined) return joinMesh(url, operator);
  progress.say('starting a fresh stack');
  const environment = { ...scenario.environment, ...process.env };
  return startMesh({ environment, scale, report: progress.say, signal });
}
