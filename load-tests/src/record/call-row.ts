import type { Verdict } from '../mix/judge-answer.ts';
import type { CallKind } from '../mix/planned-call.ts';

/** One call as it was measured. */
export interface CallRow {
  /** Milliseconds from the begin of the load until its answer was read. */
  readonly endedMs: number;
  /** Milliseconds that it took, without establishing the connection. */
  readonly ms: number;
  /** `<tool>/<action>`. */
  readonly call: string;
  readonly kind: CallKind;
  readonly verdict: Verdict;
  readonly outcome: string;
  /** As `meta.cache`; empty of what was not allowed. */
  readonly cache: string;
  /** As `meta.attempts`; undefined of what was not allowed. */
  readonly attempts: number | undefined;
}

/** Milliseconds from the begin of the load until it began. */
export const beganMs = ({ endedMs, ms }: Pick<CallRow, 'endedMs' | 'ms'>): number => endedMs - ms;

/** By a code or otherwise. */
export const isFailure = ({ verdict }: Pick<CallRow, 'verdict'>): boolean =>
  verdict === 'failed' || verdict === 'broken';

/** What k6's script says of a call in one tag: `serpapi/search|first|allowed|200|miss|1`. */
export function parseCallTag(tag: string): Omit<CallRow, 'endedMs' | 'ms'> {
  const [call = '', kind = '', verdict = '', outcome = '', cache = '', attempts = ''] = tag.split('|');
  return {
    call,
    kind: kind as CallKind,
    verdict: verdict as Verdict,
    outcome,
    cache,
    attempts: attempts === '' ? undefined : Number(attempts),
  };
}

export const callRowHeader = 'endedMs,ms,call,kind,verdict,outcome,cache,attempts';

/** A line of `calls.csv`. No part of it holds a comma. */
export function formatCallRow(row: CallRow): string {
  const { endedMs, ms, call, kind, verdict, outcome, cache, attempts = '' } = row;
  const text = outcome.replaceAll(',', ';');
  return `${Math.round(endedMs)},${ms.toFixed(3)},${call},${kind},${verdict},${text},${cache},${attempts}`;
}

export function parseCallRow(line: string): CallRow {
  const [endedMs, ms, ...rest] = line.split(',');
  return { endedMs: Number(endedMs), ms: Number(ms), ...parseCallTag(rest.join('|')) };
}
