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

/** Carries the call out at its adapter. @throws what `AdapterClient.carryOut` throws */
export function forward(parts: { adapters: AdapterClient }): Step<PermittedCall, ForwardedCall> {
  return async (permitted) => {
    const { observed } = permitted.call;
    observed.attempts = 1;
    const startedAt = performance.now();
    try {
      return { permitted, unfiltered: await parts.adapters.carryOut(permitted), attempts: observed.attempts };
    } finally {
      observed.timings.adapter = performance.now() - startedAt;
    }
  };
}
