import { type Usage, usageSchema } from '@4runr/contracts/call';
import type { Logger } from '@4runr/service-kit/telemetry';
import { trace } from '@opentelemetry/api';

/**
 * What a handler reports as used, for the answer and for the span (OpenTelemetry's GenAI conventions). A report that cannot be is
 * left out, so that the call counts as what was reserved for it; the log tells of it.
 */
export function checkUsage(
  logger: Pick<Logger, 'error'>,
  usage: Usage | undefined,
): { readonly usage?: Usage } {
  if (usage === undefined) return {};
  const checked = usageSchema.safeParse(usage);
  if (!checked.success) {
    logger.error({ err: checked.error }, 'what a call used was reported in an unknown form');
    return {};
  }
  const { inputTokens, outputTokens } = checked.data;
  if (inputTokens !== undefined && outputTokens !== undefined) {
    trace.getActiveSpan()?.setAttributes({
      'gen_ai.usage.input_tokens': inputTokens,
      'gen_ai.usage.output_tokens': outputTokens,
    });
  }
  return { usage: checked.data };
}
