import { setTimeout as delay } from 'node:timers/promises';
import { decodeJson } from '../spans/decode-otlp.ts';
import type { Span } from '../spans/span.ts';
import { readTrace } from '../spans/span-store.ts';
import { isComplete, renderTree } from '../spans/trace-tree.ts';
import { runCommand } from './run-command.ts';
import { explainMissing, foreignReceiver } from './span-whereabouts.ts';
import { folder, readStackState } from './this-stack.ts';
import { UsageError } from './usage-error.ts';

const usage = `npm run trace -- <trace id>

  Prints the spans of a trace as a tree. The id is in X-Correlation-Id of every answer, and in meta.traceId: 32 hex digits.
  It is the edge's id of the request; the edge itself makes no span, so that the first is of the service behind it.
`;

/** Services export once a second: a trace of just now is still coming in. */
const completeWithinMs = 5_000;
const quietMs = 1_200;
const pollMs = 200;

/** `npm run trace -- <trace id>` */
async function trace(args: readonly string[]): Promise<number> {
  const [traceId = ''] = args;
  if (args.length !== 1 || !/^[0-9a-f]{32}$/.test(traceId))
    throw new UsageError('A trace id is needed.', usage);
  const state = readStackState();
  const traces = state.kind === 'running' ? state.stack.traces : undefined;
  const jaeger = traces?.jaeger;
  const read = () =>
    jaeger === undefined ? readTrace(folder.traces, traceId) : readFromJaeger(jaeger, traceId);
  const isExpected = traces === undefined || foreignReceiver(traces) === undefined;
  const spans = isExpected ? await readSettled(read) : await read();
  if (spans.length === 0) {
    process.stderr.write(`${explainMissing(traceId, traces)}\n`);
    return 1;
  }
  process.stdout.write(`${renderTree(spans)}\n`);
  if (!isComplete(spans)) process.stdout.write('Some spans of this trace have not come in.\n');
  if (jaeger !== undefined) process.stdout.write(`${jaeger}/trace/${traceId}\n`);
  return 0;
}

/** Waits until the trace is whole and no more of it comes; not for ever. */
async function readSettled(read: () => Promise<Span[]> | Span[]): Promise<Span[]> {
  const begun = performance.now();
  let spans = await read();
  let changedAt = begun - (isOld(spans) ? quietMs : 0);
  for (;;) {
    const now = performance.now();
    const isSettled = isComplete(spans) && now - changedAt >= quietMs;
    if (isSettled || now - begun > completeWithinMs) return spans;
    await delay(pollMs);
    const next = await read();
    if (next.length !== spans.length) changedAt = performance.now();
    spans = next;
  }
}

function isOld(spans: readonly Span[]): boolean {
  return spans.every(({ startMs, durationMs }) => Date.now() - startMs - durationMs > completeWithinMs);
}

/** Jaeger's query API v3 answers OTLP JSON in an envelope; 404 while nothing has come in. */
async function readFromJaeger(jaeger: string, traceId: string): Promise<Span[]> {
  const response = await fetch(`${jaeger}/api/v3/traces/${traceId}`);
  if (!response.ok) return [];
  const { result } = (await response.json()) as { result?: unknown };
  return decodeJson(result ?? {});
}

await runCommand(trace);
