import { runBaselines } from './baselines-command.ts';
import { runCompare } from './compare-command.ts';
import { runMetricsDelta } from './metrics-delta-command.ts';
import { runReplicas } from './replicas-command.ts';
import { runReport } from './report-command.ts';
import { runScenario } from './scenario-command.ts';
import { usage } from './usage.ts';

/** `npm run load -- <scenario or command> [arguments]`. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  baselines: runBaselines,
  replicas: runReplicas,
  report: runReport,
  compare: runCompare,
  'metrics-delta': runMetricsDelta,
};

const [name = '--help', ...args] = process.argv.slice(2);
try {
  if (name === '--help' || name === '-h') process.stdout.write(usage);
  else process.exitCode = await (commands[name] ?? ((given) => runScenario(name, given)))(args);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`\n${error.name === 'Error' ? error.message : (error.stack ?? error.message)}\n`);
  process.exitCode = 1;
}
// A stack that could not be stopped in time must not hold up the command.
process.exit();
