import { appendFileSync, globSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Span, spanSchema } from './span.ts';

/** The store holds at most `segmentBytes * segmentsMax`, the newest spans. */
export interface SpanStoreLimits {
  /** A new segment is begun beyond this size. Default 8 MiB. */
  readonly segmentBytes?: number;
  /** The oldest segments beyond this number are removed. Default 8. */
  readonly segmentsMax?: number;
}

/** Keeps spans in a folder, as JSON lines in numbered segments (mode 600). One process writes. */
export function createSpanStore(
  folder: string,
  limits: SpanStoreLimits = {},
): { add(spans: readonly Span[]): void } {
  const { segmentBytes = 8_388_608, segmentsMax = 8 } = limits;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let segment = segmentsOf(folder).at(-1) ?? segmentFile(folder, 1);
  return {
    add(spans) {
      if (sizeOf(segment) >= segmentBytes) segment = segmentFile(folder, numberOf(segment) + 1);
      appendFileSync(segment, spans.map((span) => `${JSON.stringify(span)}\n`).join(''), { mode: 0o600 });
      for (const old of segmentsOf(folder).slice(0, -segmentsMax)) rmSync(old, { force: true });
    },
  };
}

/** The spans of one trace, in no order. Reads what another process has written so far. */
export function readTrace(folder: string, traceId: string): Span[] {
  return segmentsOf(folder)
    .flatMap((segment) => readFileSync(segment, 'utf8').split('\n'))
    .filter((line) => line.includes(traceId))
    .flatMap((line) => parseSpan(line) ?? [])
    .filter((span) => span.traceId === traceId);
}

/** Undefined for a line that is still being written. */
function parseSpan(line: string): Span | undefined {
  try {
    return spanSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Oldest first. */
function segmentsOf(folder: string): string[] {
  return globSync(join(folder, 'spans-*.jsonl')).sort();
}

function segmentFile(folder: string, number: number): string {
  return join(folder, `spans-${String(number).padStart(9, '0')}.jsonl`);
}

function numberOf(segment: string): number {
  return Number(segment.slice(-15, -6));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
