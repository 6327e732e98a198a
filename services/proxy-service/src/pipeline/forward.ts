import type { AnswerPieces, Observed } from '../domain/call.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
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

/** One attempt: asks the adapter once. @throws what `AdapterClient.carryOut` throws */
export function forward(parts: { adapters: AdapterClient }): Carry<ForwardedCall> {
  return async (permitted, bounds) => {
    const unfiltered = await attempt(permitted, () => parts.adapters.carryOut(permitted, bounds));
    return { permitted, unfiltered };
  };
}

/** The same, for a call whose answer is to come bit by bit. @throws what `AdapterClient.open` throws */
export function open(parts: { adapters: AdapterClient }): Carry<OpenedCall> {
  return async (permitted, bounds) => {
    const unlimited = await attempt(permitted, () => parts.adapters.open(permitted, bounds));
    return { permitted, unlimited };
  };
}

/** Of a stream, until it begins. */
async function attempt<T>({ call }: PermittedCall, exchange: () => Promise<T>): Promise<T> {
  countAttempt(call.observed);
  const startedAt = performance.now();
  try {
    return await exchange();
  } finally {
    const { timings } = call.observed;
    timings.adapter = (timings.adapter ?? 0) + performance.now() - startedAt;
  }
}

function countAttempt(observed: Observed): void {
  observed.attempts = (observed.attempts ?? 0) + 1;
}
