import { concurrency } from '../baselines/make-calls.ts';
import { type Block, heading, list, table, text } from '../report/document.ts';
import { type PartCost, type ReplicasRun, scaledServices } from './measure-replicas.ts';
import { callsPerCore, mean, modelParts, utilisation } from './model.ts';
import { needs } from './needs.ts';

/** What one, two and three replicas of each service cost, and what follows from it for more calls than this machine carries. */
export function replicasReport(runs: readonly ReplicasRun[], about: readonly string[]): Block[] {
  const counts = [...new Set(runs.map(({ replicas }) => replicas))].sort();
  const calls = [...new Set(runs.map((run) => run.calls))].join(', ');
  return [
    heading(1, 'Replicas'),
    list(
      ...about,
      `${runs.length} fresh stacks: of each service ${counts.join(', ')} replicas by turns; ${calls} calls of the mix each, ${concurrency} at a time, after a warm-up`,
      'policy, audit and cache on, traces sampled at 10 %; plain HTTP; the simulated providers add no latency, and their CPU is in no figure',
      `calls that failed: ${failuresInWords(runs)}; every other answer was what it had to be`,
    ),
    text(
      'All processes and the load share the cores of this machine, so that more replicas cannot carry more calls here. What can be measured is whether a call costs the same with them, what they cost by themselves, and whether each gets its share. CPU of calls is without what the processes take while idle. Averages of all stacks with as many replicas.',
    ),
    heading(2, 'CPU of a call'),
    costTable(runs, counts),
    heading(2, 'What a replica costs by itself, and its share of the work'),
    replicaTable(runs, counts),
    heading(2, 'Connections'),
    connectionTable(runs, counts),
    ...needs(runs),
  ];
}

function failuresInWords(runs: readonly ReplicasRun[]): string {
  const found = runs.flatMap(({ replicas, failures }) =>
    Object.entries(failures).map(([code, number]) => `${number} with \`${code}\` (${replicas} of each)`),
  );
  return found.join(', ') || 'none';
}

const withReplicas = (runs: readonly ReplicasRun[], replicas: number) =>
  runs.filter((run) => run.replicas === replicas);

function costTable(runs: readonly ReplicasRun[], counts: readonly number[]): Block {
  const models = counts.map((replicas) => modelParts(withReplicas(runs, replicas)));
  const names = models[0]?.map(({ name }) => name) ?? [];
  const costOf = (index: number, name: string) =>
    models[index]?.find((part) => part.name === name)?.cpuUsPerCall ?? Number.NaN;
  const sums = counts.map((_, index) => names.reduce((sum, name) => sum + costOf(index, name), 0));
  const line = (name: string, costs: readonly number[]) => [
    name,
    ...costs.map((cost) => `${cost.toFixed(0)} µs`),
    ((costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN)).toFixed(2),
  ];
  const all = modelParts(runs);
  const perCore = (name: string) => {
    const part = all.find((one) => one.name === name);
    return part !== undefined && part.cpuUsPerCall >= 1 ? callsPerCore(part).toFixed(0) : '';
  };
  return table(
    [
      'part',
      ...counts.map((replicas) => `${replicas} of each`),
      `${counts.at(-1)} / ${counts[0]}`,
      `calls/s per core at ${utilisation * 100} %`,
    ],
    [
      ...names.map((name) => [
        ...line(
          name,
          counts.map((_, index) => costOf(index, name)),
        ),
        perCore(name),
      ]),
      [...line('**all**', sums), ''],
    ],
  );
}

function replicaTable(runs: readonly ReplicasRun[], counts: readonly number[]): Block {
  const most = counts.at(-1) ?? 1;
  const partsOf = (name: string, replicas?: number): PartCost[] =>
    runs
      .filter((run) => replicas === undefined || run.replicas === replicas)
      .flatMap(({ parts }) => parts.filter((part) => part.name === name));
  const range = (values: readonly number[], digits: number) =>
    `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
  return table(
    ['service', 'idle, cores each', 'MiB each', `share of a call's CPU, ${most} replicas`],
    scaledServices.map((name) => [
      name,
      mean(partsOf(name).map(({ idleCores, shares }) => idleCores / shares.length)).toFixed(4),
      range(
        partsOf(name).flatMap(({ residentMiB }) => residentMiB),
        0,
      ),
      range(
        partsOf(name, most)
          .filter(({ shares }) => shares.length === most)
          .flatMap(({ shares }) => shares),
        2,
      ),
    ]),
  );
}

function connectionTable(runs: readonly ReplicasRun[], counts: readonly number[]): Block {
  const roles = [...new Set(runs.flatMap(({ connections }) => Object.keys(connections.postgres)))].sort();
  const cells = (of: (run: ReplicasRun) => number) =>
    counts.map((replicas) => mean(withReplicas(runs, replicas).map(of)).toFixed(1));
  return table(
    ['to', ...counts.map((replicas) => `${replicas} of each`)],
    [
      ...roles.map((role) => [
        `Postgres, role \`${role}\``,
        ...cells(({ connections }) => connections.postgres[role] ?? 0),
      ]),
      ['the state Redis', ...cells(({ connections }) => connections.state)],
      ['the cache Redis', ...cells(({ connections }) => connections.cache)],
    ],
  );
}
