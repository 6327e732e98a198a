import type { Analysis } from '../analysis.ts';
import { count, ms, notGiven, percent, rate } from '../cells.ts';
import { type Block, heading, list, text } from '../document.ts';
import { judgeRun } from '../judge-run.ts';
import { consistencyOf } from './consistency.ts';

export function executiveSummary(analysis: Analysis): Block[] {
  const { run, figures } = analysis;
  const { record } = run;
  const { isSound, sentences } = judgeRun(run);
  const { allowed, denied, failed, broken } = figures.times;
  const minutes = (record.lastedMs / 60_000).toFixed(1);
  return [
    heading(2, '1. Executive summary'),
    heading(3, '1.1 Test objective'),
    text(record.about),
    heading(3, '1.2 Test scope'),
    list(
      `System under test: 4RUNR Gateway, revision \`${record.commit}\``,
      `Test duration: ${minutes} minutes of load${record.timeScale === 1 ? '' : `: **phases were ${record.timeScale} times as long as the scenario's; this is no full run**`}`,
      `Test type: \`${record.scenario}\`, seed ${record.seed}`,
      `Command: \`${record.command}\``,
    ),
    heading(3, '1.3 Key findings'),
    list(
      `**Allowed, denied and failed calls apart**: ${count(allowed.count)} allowed, ${count(denied.count)} denied as they had to be, ${count(failed.count)} failed by a code, ${count(broken.count)} answered otherwise`,
      `Performance: allowed calls took ${ms(allowed.mean)} on average (p95 ${ms(allowed.p95)}, p99 ${ms(allowed.p99)}); denied ones ${ms(denied.mean)}`,
      `Throughput: ${rate(figures.averageRate)} on average, ${rate(figures.peakRate)} in the fullest second`,
      `Reliability: ${percent(figures.successShare)} of the calls that had to be allowed were`,
      `Security: ${percent(figures.deniedShare)} of the calls that are forbidden were refused by their code`,
      `Data consistency: ${consistencyOf(analysis).inWords}`,
    ),
    heading(3, '1.4 Outcome'),
    text(`The run was **${isSound ? 'sound' : 'not sound'}**. ${sentences.join(' ')}`),
    text(`Recommendation: ${notGiven}. It is for people to give.`),
  ];
}
