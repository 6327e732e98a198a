import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@4runr/local-stack';

const partOf = (stack: Stack, name: string) => {
  const part = stack.describe().parts.find((candidate) => candidate.name === name);
  if (part === undefined) throw new Error(`there is no part ${name}`);
  return part;
};

/** Keeps a part dead for a time: every process of it that is started is killed at once. It heals afterwards. */
export async function keepKilled(stack: Stack, name: string, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  const killed = new Set<number>();
  while (performance.now() < until) {
    const { pid } = partOf(stack, name);
    if (pid !== null && !killed.has(pid)) {
      process.kill(pid, 'SIGKILL');
      killed.add(pid);
    }
    await delay(10);
  }
}

/** Freezes a part for a time: its connections stay open and nothing is answered. */
export async function freeze(stack: Stack, name: string, forMs: number): Promise<void> {
  const { pid } = partOf(stack, name);
  if (pid === null) throw new Error(`${name} is not running`);
  process.kill(pid, 'SIGSTOP');
  try {
    await delay(forMs);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Milliseconds until the attempt succeeds. @throws Error when it does not within `limitMs` */
export async function untilSucceeds(attempt: () => Promise<boolean>, limitMs: number): Promise<number> {
  const startedAt = performance.now();
  while (!(await attempt())) {
    if (performance.now() - startedAt > limitMs) throw new Error(`no success within ${limitMs} ms`);
    await delay(20);
  }
  return performance.now() - startedAt;
}
