import { type Costs, exceedsCosts } from '@4runr/contracts/cost';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { ReceivedCall } from '../domain/call.ts';
import type { ProxyMetrics } from '../metrics.ts';

/**
 * Counts in metrics what a call has used, as far as it is known. More than the call's bound is an error in the log: either the bound is
 * wrong, or the provider did not keep to it.
 */
export function countUsage(
  { kit, metrics }: { readonly kit: Pick<Kit, 'logger'>; readonly metrics: ProxyMetrics },
  { callId, observed: { costs, usage } }: ReceivedCall,
  { labels, used }: { readonly labels: { tool: string; action: string }; readonly used: Costs },
): void {
  if (costs === undefined) return;
  const { bound, model } = costs;
  if (usage?.inputTokens !== undefined && usage.outputTokens !== undefined) {
    metrics.tokens.inc({ ...labels, model, type: 'input' }, usage.inputTokens);
    metrics.tokens.inc({ ...labels, model, type: 'output' }, usage.outputTokens);
  }
  if (used.usdMicros !== undefined) metrics.usd.inc(labels, used.usdMicros / 1_000_000);
  if (!exceedsCosts(used, bound)) return;
  metrics.aboveBound.inc(labels);
  kit.logger.error({ call_id: callId, ...labels, used, bound }, 'a call used more than its bound');
}
