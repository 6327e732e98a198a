import { globSync, readFileSync } from 'node:fs';
import type { StackFile } from '@4runr/local-stack';

/** Clock ticks of /proc are a hundredth of a second on every Linux that Node runs on. */
const tickUs = 10_000;

/** Microseconds of CPU that each part and its children have used so far. */
export type CpuByPart = ReadonlyMap<string, number>;

export function cpuByPart({ parts }: StackFile): CpuByPart {
  const processes = globSync('/proc/[0-9]*/stat').flatMap(readProcess);
  return new Map(
    parts.map(({ name, pid }) => {
      const own = processes.filter((process) => process.pid === pid || process.parent === pid);
      return [name, own.reduce((sum, { cpuUs }) => sum + cpuUs, 0)];
    }),
  );
}

function readProcess(file: string): { pid: number; parent: number; cpuUs: number }[] {
  try {
    const stat = readFileSync(file, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return [{ pid: Number.parseInt(stat, 10), parent: Number(fields[1]), cpuUs: ticks * tickUs }];
  } catch {
    return [];
  }
}
