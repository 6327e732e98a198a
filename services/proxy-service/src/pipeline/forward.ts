import { type AnswerPieces, addTime, type ValidatedCall } from '../domain/call.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
import type { ProxyMetrics } from '../metrics.ts';
import type { PermittedCall } from './authorize.ts';
import type { Carry } from './layer.ts';

/** A call that was carried out. Its answer is not the agent's before `filter` has done to it what policy obliges to. */
export interface ForwardedCall {
  readonly permitted: PermittedCall;
  readonly unfiltered: unknown;
}

/** A call that was begun: its answer comes bit by bit. It is not the agent's before `filter` has limited it. */
export interface OpenedCall {
  readonly permitted: PermittedCall;
  readonly unlimited: AnswerPieces;
}

export interface AttemptParts {
  readonly adapters: AdapterClient;
  readonly metrics: Pick<ProxyMetrics, 'retries'>;
}

/** One attempt: asks the adapter once. @throws what `AdapterClient.carryOut` throws */
export function forward(parts: AttemptParts): Carry<ForwardedCall> {
  return async (permitted, bounds) => {
    const unfiltered = await attempt(parts, permitted, () => parts.adapters.carryOut(permitted, bounds));
    return { permitted, unfiltered };
  };
}

/** The same, for a call whose answer is to come bit by bit. @throws what `AdapterClient.open` throws */
export function open(parts: AttemptParts): Carry<OpenedCall> {
  return async (permitted, bounds) => {
    const unlimited = await attempt(parts, permitted, () => parts.adapters.open(permitted, bounds));
    return { permitted, unlimited };
  };
}

/** A stream that was begun is under way until its last piece, or its client leaves, who may never have read of it. */
export function untilStreamEnds({ permitted, unlimited }: OpenedCall, leave: () => void): OpenedCall {
  const { signal } = permitted.call;
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  return { permitted, unlimited: thenLeave(unlimited, leave) };
}

async function* thenLeave(pieces: AnswerPieces, leave: () => void): AnswerPieces {
  try {
    yield* pieces;
  } finally {
    leave();
  }
}

/** Of a stream, until it begins. */
async function attempt<T>(
  parts: AttemptParts,
  { call }: PermittedCall,
  exchange: () => Promise<T>,
): Promise<T> {
  countAttempt(parts, call);
  const startedAt = performance.now();
  try {
    return await exchange();
  } finally {
    addTime(call.observed.timings, 'adapter', performance.now() - startedAt);
  }
}

function countAttempt({ metrics }: AttemptParts, { observed, tool, action }: ValidatedCall): void {
  observed.attempts = (observed.attempts ?? 0) + 1;
  if (observed.attempts > 1) metrics.retries.inc({ tool: tool.name, action: action.name });
}
