import { setTimeout as delay } from 'node:timers/promises';
import {
  type ProcessExit,
  type ProcessSpec,
  type RunningProcess,
  startProcess,
  waitUntilReady,
} from '../process/index.ts';
import { countQuickDeaths, restartDelayMs } from './restart-delay.ts';

/** `waiting`: it died and its next start is being put off. */
export type PartState = 'starting' | 'ready' | 'waiting' | 'stopped';

/** How a part of the stack is right now. */
export interface PartStatus {
  readonly name: string;
  readonly state: PartState;
  readonly pid: number | undefined;
  readonly ports: readonly number[];
  readonly log: string;
  readonly restarts: number;
  /** When the current process began, milliseconds since the epoch. */
  readonly startedAt: number | undefined;
}

export type PartEvent =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly ms: number }
  | { readonly kind: 'died'; readonly exit: ProcessExit | undefined; readonly restartInMs: number }
  | { readonly kind: 'restarted'; readonly ms: number }
  | { readonly kind: 'stopped' };

const readyWithinMs = 60_000;

/** One process of the stack, started again whenever it ends without having been told to. */
export class SupervisedProcess {
  readonly #spec: ProcessSpec;
  readonly #report: (event: PartEvent) => void;
  readonly #stopping = new AbortController();
  #running: RunningProcess | undefined;
  #watching: Promise<void> | undefined;
  #state: PartState = 'stopped';
  #startedAt: number | undefined;
  #restarts = 0;

  /** `report` is told after every change of {@link status}. */
  constructor(spec: ProcessSpec, report: (event: PartEvent) => void) {
    this.#spec = spec;
    this.#report = report;
  }

  get status(): PartStatus {
    return {
      name: this.#spec.name,
      state: this.#state,
      pid: this.#running?.pid,
      ports: this.#spec.ports,
      log: this.#spec.logFile,
      restarts: this.#restarts,
      startedAt: this.#startedAt,
    };
  }

  /**
   * Starts the process and waits until it is ready.
   *
   * @throws Error with the last lines of its log when it ends before or takes more than a minute; it is not started again
   */
  async start(): Promise<void> {
    const begun = performance.now();
    const running = this.#spawn();
    this.#report({ kind: 'starting' });
    await waitUntilReady(running, readyWithinMs);
    this.#state = 'ready';
    this.#watching = this.#watch();
    this.#report({ kind: 'ready', ms: performance.now() - begun });
  }

  /** Ends the process, at once after `graceMs`; it is not started again. Idempotent. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop(graceMs);
    await this.#watching;
    if (this.#state === 'stopped') return;
    this.#running = undefined;
    this.#state = 'stopped';
    this.#report({ kind: 'stopped' });
  }

  #spawn(): RunningProcess {
    this.#stopping.signal.throwIfAborted();
    const running = startProcess(this.#spec);
    this.#running = running;
    this.#state = 'starting';
    this.#startedAt = Date.now();
    return running;
  }

  /** Ends when the process has been told to stop. */
  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    let quickDeaths = 0;
    for (;;) {
      const exit = await this.#running?.exited;
      if (signal.aborted) return;
      quickDeaths = countQuickDeaths(quickDeaths, {
        wasReady: this.#state === 'ready',
        wasKilled: exit?.signal === 'SIGKILL',
        livedMs: Date.now() - (this.#startedAt ?? 0),
      });
      const restartInMs = restartDelayMs(quickDeaths);
      this.#state = 'waiting';
      this.#running = undefined;
      this.#report({ kind: 'died', exit, restartInMs });
      await delay(restartInMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      this.#restart();
    }
  }

  /** A process that cannot be started at all counts as one that died at once. */
  #restart(): void {
    const begun = performance.now();
    this.#restarts += 1;
    try {
      const running = this.#spawn();
      this.#report({ kind: 'starting' });
      void this.#reportReady(running, begun);
    } catch {
      this.#startedAt = Date.now();
    }
  }

  /** However long it takes: what it waits for may be another part that is being restarted. */
  async #reportReady(running: RunningProcess, begun: number): Promise<void> {
    const over = new AbortController();
    void running.exited.then(() => over.abort());
    try {
      await running.spec.ready(over.signal);
    } catch {
      return;
    }
    if (this.#running !== running || this.#stopping.signal.aborted) return;
    this.#state = 'ready';
    this.#report({ kind: 'restarted', ms: performance.now() - begun });
  }
}
