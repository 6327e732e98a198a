import type { AnswerPieces, Observed } from '../domain/call.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
import type { PermittedCall } from './authorize.ts';
import type { Step } from './pipeline.ts';

/** A call that was carried out. Its answer is not the agent's before `filter` has done to it what policy obliges to. */
export interface ForwardedCall {
  readonly permitted: PermittedCall;
  readonly unfiltered: unknown;
  /** How often the adapter was asked. */
  readonly attempts: number;
}

/** A call that was begun: its answer comes bit by bit. It is not the agent's before `filter` has limited it. */
export interface OpenedCall {
  readonly permitted: PermittedCall;
  readonly unlimited: AnswerPieces;
}

/** Carries the call out at its adapter. @throws what `AdapterClient.carryOut` throws */
export function forward(parts: { adapters: AdapterClient }): Step<PermittedCall, ForwardedCall> {
  return async (permitted) => {
    const { observed } = permitted.call;
    observed.attempts = 1;
    const unfiltered = await timed(observed, () => parts.adapters.carryOut(permitted));
    return { permitted, unfiltered, attempts: observed.attempts };
  };
}

/** The same, for calls whose answers come whole or, where they are streamed, bit by bit. */
export function forwardOrOpen(parts: {
  adapters: AdapterClient;
}): Step<PermittedCall, ForwardedCall | OpenedCall> {
  const forwardWhole = forward(parts);
  return async (permitted) => {
    if (!permitted.call.streamed) return await forwardWhole(permitted);
    const { observed } = permitted.call;
    observed.attempts = 1;
    return { permitted, unlimited: await timed(observed, () => parts.adapters.open(permitted)) };
  };
}

/** Of a stream, until it begins. */
async function timed<T>({ timings }: Observed, exchange: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await exchange();
  } finally {
    timings.adapter = performance.now() - startedAt;
  }
}
