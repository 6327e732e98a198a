import { parseArgs } from 'node:util';
import { reportFolder } from '../places.ts';
import { measureReplicas, type ReplicasRun } from '../replicas/measure-replicas.ts';
import { replicasReport } from '../replicas/replicas-report.ts';
import { interruptedBySignals } from './interrupted-by-signals.ts';
import { aboutMeasurement, saveReport } from './measured-report.ts';
import { createProgress } from './progress.ts';
import { UsageError } from './usage.ts';

const replicaCounts = [1, 2, 3];
const warmUpTasks = 2_000;
const idleMs = 8_000;

/** One, two and three replicas of each service by turns, a fresh stack each time. The exit code says whether it could be measured. */
export async function runReplicas(args: readonly string[]): Promise<number> {
  const { tasks, rounds, folder } = parse(args);
  const progress = createProgress();
  const signal = interruptedBySignals();
  const begunAt = new Date();
  const runs: ReplicasRun[] = [];
  for (let round = 1; round <= rounds; round += 1)
    // The other way round each second time: nobody always has the machine of the same moment.
    for (const replicas of round % 2 === 1 ? replicaCounts : replicaCounts.toReversed()) {
      const warm = Math.min(warmUpTasks, tasks);
      const report = (text: string) => progress.say(`round ${round} of ${rounds}: ${text}`);
      const options = { tasks, warmUpTasks: warm, idleMs, report, signal };
      runs.push(await measureReplicas(replicas, options));
    }
  const about = aboutMeasurement(`replicas ${args.join(' ')}`, begunAt);
  saveReport(folder ?? reportFolder('replicas', begunAt), replicasReport(runs, about), {
    'replicas.json': `${JSON.stringify(runs, null, 2)}\n`,
  });
  return 0;
}

function parse(args: readonly string[]): { tasks: number; rounds: number; folder: string | undefined } {
  const options = {
    tasks: { type: 'string', default: '8000' },
    rounds: { type: 'string', default: '1' },
    folder: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [tasks, rounds] = [Number(values.tasks), Number(values.rounds)];
  if (![tasks, rounds].every((value) => Number.isInteger(value) && value > 0))
    throw new UsageError('--tasks and --rounds are whole numbers above 0');
  return { tasks, rounds, folder: values.folder };
}
