import { readFileSync } from 'node:fs';
import type { StackFile } from '@4runr/local-stack';

/** MiB of memory that each part of the mesh holds resident; of a part with children, its own process alone. */
export function residentByPart({ parts }: StackFile): ReadonlyMap<string, number> {
  return new Map(parts.map(({ name, pid }) => [name, pid === null ? 0 : residentMiB(pid)]));
}

function residentMiB(pid: number): number {
  const [, kiB] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kiB) / 1_024);
}
