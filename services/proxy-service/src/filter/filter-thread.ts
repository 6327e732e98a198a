import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { AnswerObligation } from '../domain/answer/answer-rules.ts';
import type { FilterVerdict } from '../domain/answer/filter-answer.ts';

export interface FilterJob {
  readonly obligations: readonly AnswerObligation[];
  readonly answer: unknown;
}

/** A thread of its own for answers that would hold up other calls. */
export interface FilterThread {
  /** One job at a time; never rejects. What takes too long, or has to wait behind too many, is `unfinished`. */
  run(job: FilterJob): Promise<FilterVerdict>;
  close(): Promise<void>;
}

export interface FilterThreadOptions {
  /** Longest that one job may take, in milliseconds. */
  readonly jobMs?: number;
  /** Jobs that may be under way or wait at the same time; each holds an answer in memory. */
  readonly jobsMax?: number;
}

/** Longest wait for the thread to start, in milliseconds. */
const startMs = 10_000;

/** More memory than the longest answer and its copy take. */
const resourceLimits = { maxOldGenerationSizeMb: 1_024 };

/** The thread starts with the first job, and anew after one that had to be broken off. */
export function createFilterThread({ jobMs = 2_000, jobsMax = 16 }: FilterThreadOptions = {}): FilterThread {
  let worker: Worker | undefined;
  let jobs = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function carryOut(job: FilterJob): Promise<FilterVerdict> {
    try {
      worker ??= await start();
      worker.ref();
      worker.postMessage(job);
      const verdict = await nextMessage(worker, jobMs);
      worker.unref();
      return verdict as FilterVerdict;
    } catch {
      await worker?.terminate();
      worker = undefined;
      return { kind: 'unfinished' };
    }
  }

  async function start(): Promise<Worker> {
    const started = new Worker(new URL('./filter-worker.ts', import.meta.url), { resourceLimits });
    started.on('error', () => {});
    started.once('exit', () => {
      if (worker === started) worker = undefined;
    });
    await nextMessage(started, startMs);
    return started;
  }

  return {
    async run(job) {
      if (jobs >= jobsMax) return { kind: 'unfinished' };
      jobs += 1;
      const turn = last
        .then(() => carryOut(job))
        .finally(() => {
          jobs -= 1;
        });
      last = turn;
      return turn;
    },
    close: async () => void (await worker?.terminate()),
  };
}

/** @throws when none comes in time, and when the thread fails */
async function nextMessage(worker: Worker, withinMs: number): Promise<unknown> {
  const [message] = (await once(worker, 'message', { signal: AbortSignal.timeout(withinMs) })) as unknown[];
  return message;
}
