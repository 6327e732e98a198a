import type { CompletedCall } from '../domain/call.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
import type { PermittedCall } from './authorize.ts';
import type { Step } from './pipeline.ts';

/** Carries the call out at its adapter. @throws what `AdapterClient.carryOut` throws */
export function forward(parts: { adapters: AdapterClient }): Step<PermittedCall, CompletedCall> {
  return async (permitted) => {
    const { observed } = permitted.call;
    observed.attempts = 1;
    const startedAt = performance.now();
    try {
      return { result: await parts.adapters.carryOut(permitted), attempts: observed.attempts };
    } finally {
      observed.timings.adapter = performance.now() - startedAt;
    }
  };
}
