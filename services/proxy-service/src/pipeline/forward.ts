import type { CompletedCall } from '../domain/call.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
import type { PermittedCall } from './authorize.ts';
import type { Step } from './pipeline.ts';

/** Carries the call out at its adapter. @throws ProblemError `upstream.*`, `target.forbidden`, `service.unavailable` */
export function forward(parts: { adapters: AdapterClient }): Step<PermittedCall, CompletedCall> {
  return async (call) => {
    const startedAt = performance.now();
    try {
      const { result, upstreamMs } = await parts.adapters.carryOut(call);
      if (upstreamMs !== undefined) call.observed.timings.upstream = upstreamMs;
      return { result, attempts: 1 };
    } finally {
      call.observed.timings.adapter = performance.now() - startedAt;
    }
  };
}
