import { type CallRow, parseCallTag } from '../record/call-row.ts';
import type { Phase } from '../scenarios/index.ts';
import type { K6Count, K6Listener } from './k6-process.ts';

export interface LoadState {
  readonly elapsedMs: number;
  readonly phase: string;
  readonly allowed: number;
  readonly denied: number;
  readonly failed: number;
  readonly broken: number;
  /** Milliseconds: 95th percentile of the calls of the last seconds. */
  readonly p95Ms: number | undefined;
}

const recentMs = 5_000;

/** Collects what k6 tells, and ends a run that asks for it at the first phase that the mesh does not keep up with. */
export class LoadWatch implements K6Listener {
  readonly rows: CallRow[] = [];
  readonly generator = { tasks: 0, notBegun: 0, bytesSent: 0, bytesReceived: 0 };
  stoppedAt: string | null = null;
  readonly #phases: readonly Phase[];
  readonly #stopsWhenBehind: boolean;
  readonly #counts = { allowed: 0, denied: 0, failed: 0, broken: 0 };
  #beganAt: number | undefined;
  #early: [atMs: number, ms: number, tag: string][] = [];
  #notBegunBefore = 0;
  #phaseTimer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor({ phases, stopsWhenBehind }: { phases: readonly Phase[]; stopsWhenBehind: boolean }) {
    this.#phases = phases;
    this.#stopsWhenBehind = stopsWhenBehind;
  }

  /** @param beganAt milliseconds since the epoch */
  begin(beganAt: number, interrupt: () => void): void {
    this.#beganAt = beganAt;
    for (const call of this.#early) this.onCall(...call);
    this.#early = [];
    if (this.#stopsWhenBehind) this.#judgeAtEndOf(0, interrupt);
  }

  end(): void {
    clearTimeout(this.#phaseTimer);
    this.#hasEnded = true;
  }

  onCall(atMs: number, ms: number, tag: string): void {
    if (this.#beganAt === undefined) {
      this.#early.push([atMs, ms, tag]);
      return;
    }
    const row = { endedMs: atMs - this.#beganAt, ms, ...parseCallTag(tag) };
    this.rows.push(row);
    this.#counts[row.verdict] += 1;
  }

  onCount(name: K6Count, value: number): void {
    if (name === 'iterations') this.generator.tasks += value;
    else if (name === 'dropped_iterations') this.generator.notBegun += value;
    else if (name === 'data_sent') this.generator.bytesSent += value;
    else this.generator.bytesReceived += value;
  }

  /** Undefined while no calls are made. */
  state(): LoadState | undefined {
    if (this.#beganAt === undefined || this.#hasEnded) return undefined;
    const elapsedMs = Date.now() - this.#beganAt;
    return { elapsedMs, phase: this.#phaseAt(elapsedMs), ...this.#counts, p95Ms: this.#recentP95(elapsedMs) };
  }

  #phaseAt(elapsedMs: number): string {
    let end = 0;
    for (const { name, seconds } of this.#phases) {
      end += seconds * 1_000;
      if (elapsedMs < end) return name;
    }
    return 'waiting for answers';
  }

  #recentP95(elapsedMs: number): number | undefined {
    const from = this.rows.findLastIndex(({ endedMs }) => endedMs < elapsedMs - recentMs) + 1;
    const recent = this.rows
      .slice(from)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b);
    return recent[Math.ceil(recent.length * 0.95) - 1];
  }

  /** A phase is kept up with when nearly all of its tasks began and nearly all of its answers are no failures. */
  #judgeAtEndOf(index: number, interrupt: () => void): void {
    const phase = this.#phases[index];
    if (phase === undefined) return;
    const firstRow = this.rows.length;
    this.#phaseTimer = setTimeout(() => {
      const rows = this.rows.slice(firstRow);
      const failed = rows.filter(({ verdict }) => verdict !== 'allowed' && verdict !== 'denied').length;
      const notBegun = this.generator.notBegun - this.#notBegunBefore;
      this.#notBegunBefore = this.generator.notBegun;
      const wanted = (phase.seconds * (phase.from + phase.to)) / 2;
      const sorted = rows.map(({ ms }) => ms).sort((a, b) => a - b);
      const medianMs = sorted[Math.floor(sorted.length / 2)] ?? 0;
      const isFailing = failed > rows.length * behindShare || notBegun > wanted * behindShare;
      if (isFailing || medianMs > behindMs) {
        this.stoppedAt = phase.name;
        interrupt();
      } else this.#judgeAtEndOf(index + 1, interrupt);
    }, phase.seconds * 1_000);
  }
}

/** Of a phase's tasks or answers, from which on the mesh is behind. */
const behindShare = 0.02;
/** Median time of a phase's calls, in milliseconds, from which on a queue is growing. */
const behindMs = 1_000;
