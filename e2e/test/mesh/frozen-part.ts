import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { StackFile } from '@4runr/local-stack';

/** Lets a part and whatever it has begun do nothing at all while the work is done (SIGSTOP): its connections stay open, and take more. */
export async function whileFrozen(
  { parts }: Pick<StackFile, 'parts'>,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  const pid = parts.find((part) => part.name === name)?.pid ?? assert.fail(`${name} is not running`);
  process.kill(pid, 'SIGSTOP');
  const all = [pid, ...childrenOf(pid)];
  for (const each of all) process.kill(each, 'SIGSTOP');
  try {
    await work();
  } finally {
    for (const each of all.toReversed()) process.kill(each, 'SIGCONT');
  }
}

/** It begins no more, being frozen. */
function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
