import { globSync, readFileSync } from 'node:fs';
import type { StackFile } from '@4runr/local-stack';
import type { PartSample } from '../record/sample.ts';

/** Clock ticks of /proc are a hundredth of a second on every Linux that Node runs on. */
const tickUs = 10_000;
const pageMiB = 4_096 / 2 ** 20;

/** A process by its name; null while it does not run. */
export type Part = Pick<StackFile['parts'][number], 'name' | 'pid' | 'restarts'>;

interface ProcessUsage {
  readonly pid: number;
  readonly parent: number;
  readonly cpuUs: number;
  readonly residentMiB: number;
}

/** What each part of the mesh has used, with its children, and whoever else is named by itself and has a process; empty where there is no /proc. */
export function readUsage(
  parts: readonly Part[],
  others: Readonly<Record<string, number | undefined>> = {},
): PartSample[] {
  const processes = globSync('/proc/[0-9]*/stat').flatMap(readProcess);
  if (processes.length === 0) return [];
  const isOf = (pid: number | null) => (one: ProcessUsage) =>
    pid !== null && (one.pid === pid || one.parent === pid);
  const mesh = parts.map(({ name, pid, restarts }) => ({
    name,
    restarts,
    ...sumOf(processes.filter(isOf(pid))),
  }));
  const beside = Object.entries(others)
    .filter(([, pid]) => pid !== undefined)
    .map(([name, pid]) => ({ name, restarts: 0, ...sumOf(processes.filter((one) => one.pid === pid)) }));
  return [...mesh, ...beside];
}

function sumOf(own: readonly ProcessUsage[]): Pick<PartSample, 'cpuUs' | 'residentMiB'> {
  return {
    cpuUs: own.reduce((sum, { cpuUs }) => sum + cpuUs, 0),
    residentMiB: Math.round(own.reduce((sum, { residentMiB }) => sum + residentMiB, 0)),
  };
}

function readProcess(file: string): ProcessUsage[] {
  try {
    const stat = readFileSync(file, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const at = (index: number) => Number(fields[index]);
    return [
      {
        pid: Number.parseInt(stat, 10),
        parent: at(1),
        // With what those of its children used that have ended: backends of Postgres come and go.
        cpuUs: (at(11) + at(12) + at(13) + at(14)) * tickUs,
        residentMiB: at(21) * pageMiB,
      },
    ];
  } catch {
    return [];
  }
}
