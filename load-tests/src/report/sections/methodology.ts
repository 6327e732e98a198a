import { callsPerTask, duplicateShare, probeShare, taskShares } from '../../mix/traffic-mix.ts';
import type { CallRow } from '../../record/call-row.ts';
import type { Analysis } from '../analysis.ts';
import { count, notMeasured, percent, rate } from '../cells.ts';
import { type Block, heading, list, table, text } from '../document.ts';

export function methodology({ run, phases }: Analysis): Block[] {
  const { record, rows } = run;
  return [
    heading(2, '3. Methodology'),
    heading(3, '3.1 Strategy'),
    list(
      'An open model: tasks begin at the rate of the phase, however slow the answers are. A task that could not begin is counted.',
      'Every answer is held to what it must be: an allowed call is 200 with what that tool answers, a probe 403 with its code. Anything else is a failure.',
      'Times are those of the load generator, from the first byte sent to the last one received.',
      'Metrics of every service before and after the load, CPU and memory of every process before, during and after it.',
    ),
    heading(3, '3.2 Phases'),
    table(
      ['phase', 'seconds', 'tasks per second', 'calls per second expected', 'calls ended per second'],
      record.phases.map(({ name, seconds, from, to }) => [
        name,
        seconds.toFixed(seconds < 10 ? 2 : 0),
        from === to ? `${from}` : `${from} → ${to}`,
        (((from + to) / 2) * callsPerTask).toFixed(1),
        rate(phases.find((phase) => phase.name === name)?.rate),
      ]),
    ),
    ...(record.stoppedAt === null
      ? []
      : [text(`The run was ended in \`${record.stoppedAt}\`: the mesh did not keep up with it.`)]),
    heading(3, '3.3 Traffic composition'),
    table(['what', 'share of tasks', 'calls', 'measured'], composition(rows)),
    text(
      `The report of August 2025 gives shares that add up to 118 %. Its phases begin 135,000 tasks and it counted 202,280 requests; two calls for each
enrichment, and 15 % duplicates and 3 % probes on top, make 199,800. So they are read here: the rate of a phase is that of tasks, ${callsPerTask.toFixed(2)} calls each.`,
    ),
  ];
}

function composition(rows: readonly CallRow[]): string[][] {
  const of = (kind: CallRow['kind'], ...calls: string[]) =>
    rows.filter((row) => row.kind === kind && (calls.length === 0 || calls.includes(row.call)));
  const firsts = of('first', 'serpapi/search', 'http_fetch/get', 'gmail_send/send').length;
  const line = (what: string, wanted: number, own: readonly CallRow[], tasks: number) => [
    what,
    percent(wanted),
    count(own.length),
    firsts === 0 ? notMeasured : percent(tasks / firsts),
  ];
  const whole = (what: string, wanted: number, own: readonly CallRow[]) =>
    line(what, wanted, own, own.length);
  const enrichment = of('first', 'http_fetch/get', 'openai/chat');
  return [
    whole('search: `serpapi/search`', taskShares.search, of('first', 'serpapi/search')),
    line(
      'data enrichment: `http_fetch/get`, then `openai/chat`',
      taskShares.enrichment,
      enrichment,
      enrichment.length / 2,
    ),
    whole('communication: `gmail_send/send`', taskShares.mail, of('first', 'gmail_send/send')),
    whole('cache validation: the first call once more', duplicateShare, of('duplicate')),
    whole('security probes: what no policy allows', probeShare, of('probe')),
  ];
}
