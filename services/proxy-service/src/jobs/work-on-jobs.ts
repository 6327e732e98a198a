import { setTimeout as delay } from 'node:timers/promises';
import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { Capacity, Leave } from '../domain/capacity.ts';
import type { BegunJob, JobTurns, Turn } from '../domain/job.ts';
import type { EventLoopWatch } from '../event-loop.ts';
import type { JobMetrics } from './job-metrics.ts';
import type { RunEnd, RunJob, StopReason } from './run-job.ts';
import { traceRun } from './trace-run.ts';
import { wakeable } from './wakeable.ts';

export interface WorkParts {
  readonly turns: JobTurns;
  readonly run: RunJob;
  readonly capacity: Capacity;
  readonly eventLoop: EventLoopWatch;
  readonly metrics: JobMetrics;
  /** Jobs that this replica carries out at once. */
  readonly concurrency: number;
}

/** What takes jobs on, as long as the service runs. */
export interface JobWork {
  /** There is a turn to be taken: it is looked for at once. */
  wake(): void;
}

/** How often it is looked for turns, in milliseconds; those accepted here are taken at once. */
const takeEveryMs = 500;
/** How often others are told that turns are still worked on, in milliseconds; after ten seconds of silence they are lost. */
const keepEveryMs = 2_500;
/** How often it is looked whether a run is to stop, in milliseconds. */
const lookEveryMs = 500;
/** Pause before a run's end that could not be kept is tried again, in milliseconds. */
const againMs = 500;

interface Work {
  readonly turn: Turn;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/**
 * Carries jobs out beside the calls, each in a place that a call would have: where calls are turned away no job is begun. When the
 * service stops, reads are given back and all else is carried through.
 */
export function workOnJobs(kit: Kit, parts: WorkParts): JobWork {
  const { turns, capacity, eventLoop, concurrency, metrics } = parts;
  const works = new Map<string, Work>();
  // One at a time: whoever takes must know how many are at work. Failures are told to the log by whoever looks again and again.
  const taking = wakeable(take);
  const closing = new AbortController();
  kit.onClose('runs of jobs', () => closing.abort());

  function takePlaces(): Leave[] {
    const places: Leave[] = [];
    while (works.size + places.length < concurrency) {
      const leave = capacity.enter();
      if (leave === undefined) break;
      places.push(leave);
    }
    return places;
  }

  async function take(): Promise<void> {
    if (kit.isDraining() || eventLoop.excess() > 0) return;
    const places = takePlaces();
    try {
      const taken = places.length === 0 ? [] : await turns.take(places.length);
      for (const turn of taken) begin(turn, places.pop() ?? (() => {}));
    } finally {
      for (const leave of places) leave();
    }
  }

  function begin(turn: Turn, leave: Leave): void {
    const stop = new AbortController();
    const done = work(turn, stop.signal).finally(() => {
      works.delete(turn.jobId);
      leave();
      taking.wake();
    });
    works.set(turn.jobId, { turn, stop, done });
    if (kit.isDraining()) stop.abort('draining' satisfies StopReason);
  }

  async function work(turn: Turn, signal: AbortSignal): Promise<void> {
    const job = await turns.begin(turn).catch((error: unknown) => {
      // Nothing was begun: the turn is lost, and comes again.
      kit.logger.warn({ err: error, job_id: turn.jobId }, 'a job could not be begun');
    });
    if (job === undefined) return;
    metrics.begun(job);
    const end = await traceRun(kit, job, (traceId) => parts.run(job, { traceId, signal }));
    await settle(turn, end);
    tellOfEnd(job, end);
  }

  /** Tries until it is kept, or the service has stopped: then the turn is lost, and what came of it. */
  async function settle(turn: Turn, end: RunEnd): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        return await (end === 'given back' ? turns.giveBack(turn) : turns.end(turn, end));
      } catch (error) {
        kit.logger.warn({ err: error, job_id: turn.jobId }, 'what came of a job cannot be kept yet');
        await delay(againMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  function tellOfEnd(job: BegunJob, end: RunEnd): void {
    const status = end === 'given back' ? 'given_back' : end.status;
    metrics.ended(status);
    const { toolName: tool, actionName: action, claims } = job.order;
    kit.logger.info({ event: 'job', job_id: job.id, tool, action, agent: claims.sub, status }, 'job');
  }

  repeatUntilClosed(kit, {
    name: 'turns of jobs',
    everyMs: takeEveryMs,
    jitter: 0.2,
    run: taking.wake,
  });
  repeatUntilClosed(kit, {
    name: 'heartbeat of jobs',
    everyMs: keepEveryMs,
    run: async () => {
      if (works.size > 0) await turns.keep([...works.values()].map(({ turn }) => turn));
    },
  });
  repeatUntilClosed(kit, {
    name: 'cancellation of jobs',
    everyMs: lookEveryMs,
    run: async () => {
      if (works.size === 0) return;
      for (const id of await turns.cancelsAsked([...works.keys()])) {
        works.get(id)?.stop.abort('cancelled' satisfies StopReason);
      }
    },
  });
  kit.onDrain('jobs', async () => {
    for (const { stop } of works.values()) stop.abort('draining' satisfies StopReason);
    await taking.idle();
    await Promise.all([...works.values()].map(({ done }) => done));
  });
  return { wake: () => void taking.wake() };
}
