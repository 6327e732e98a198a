import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { reportsFolder, root } from '../places.ts';
import { measureReplicas, type ReplicasRun } from '../replicas/measure-replicas.ts';
import { replicasReport } from '../replicas/replicas-report.ts';
import { toMarkdown } from '../report/document.ts';
import { describeCommit, describeMachine } from '../run/describe-machine.ts';
import { createProgress } from './progress.ts';
import { UsageError } from './usage.ts';

const replicaCounts = [1, 2, 3];
const warmUpTasks = 2_000;
const idleMs = 8_000;

/** One, two and three replicas of each service by turns, a fresh stack each time. The exit code says whether it could be measured. */
export async function runReplicas(args: readonly string[]): Promise<number> {
  const { tasks, rounds, folder } = parse(args);
  const progress = createProgress();
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  const begunAt = new Date();
  const runs: ReplicasRun[] = [];
  for (let round = 1; round <= rounds; round += 1)
    // The other way round each second time: nobody always has the machine of the same moment.
    for (const replicas of round % 2 === 1 ? replicaCounts : replicaCounts.toReversed()) {
      const warm = Math.min(warmUpTasks, tasks);
      const report = (text: string) => progress.say(`round ${round} of ${rounds}: ${text}`);
      const options = { tasks, warmUpTasks: warm, idleMs, report, signal: interruption.signal };
      runs.push(await measureReplicas(replicas, options));
    }
  const about = [
    `revision \`${describeCommit()}\`, ${begunAt.toISOString()}; \`npm run load -- replicas ${args.join(' ')}\``,
    ...Object.entries(describeMachine('this program, one process')).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ];
  save(folder ?? path.join(reportsFolder, `${nameOf(begunAt)}-replicas`), runs, about);
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

const nameOf = (at: Date): string => at.toISOString().slice(0, 19).replaceAll(':', '-');

function save(folder: string, runs: readonly ReplicasRun[], about: readonly string[]): void {
  const report = toMarkdown(replicasReport(runs, about));
  process.stdout.write(report);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'report.md'), report);
  writeFileSync(path.join(folder, 'replicas.json'), `${JSON.stringify(runs, null, 2)}\n`);
  process.stderr.write(`${path.relative(root, folder)}/report.md\n`);
}
