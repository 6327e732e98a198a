import { readUsage } from '@4runr/load-tests';
import type { StackFile } from '@4runr/local-stack';

/** Microseconds of CPU that each part and its children have used so far. */
export type CpuByPart = ReadonlyMap<string, number>;

export function cpuByPart({ parts }: StackFile): CpuByPart {
  return new Map(readUsage(parts).map(({ name, cpuUs }) => [name, cpuUs]));
}
