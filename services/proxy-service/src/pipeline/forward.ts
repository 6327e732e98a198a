import type { CompletedCall } from '../domain/call.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
import type { PermittedCall } from './authorize.ts';
import type { Step } from './pipeline.ts';

/** Carries the call out at its adapter. @throws what `AdapterClient.carryOut` throws */
export function forward(parts: { adapters: AdapterClient }): Step<PermittedCall, CompletedCall> {
  return async (permitted) => {
    const { timings } = permitted.call.observed;
    const startedAt = performance.now();
    try {
      return { result: await parts.adapters.carryOut(permitted), attempts: 1 };
    } finally {
      timings.adapter = performance.now() - startedAt;
    }
  };
}
