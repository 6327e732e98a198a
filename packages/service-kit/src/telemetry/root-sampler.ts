import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import {
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { isSampled } from './trace-context.ts';

/**
 * Samples a share of the traces that begin here; one that is linked to another goes with that one, so that both are there or
 * neither. The first span of the others is recorded all the same: how it ends says whether it is exported (`NotableSpans`).
 */
export class RootSampler implements Sampler {
  readonly #ratio: TraceIdRatioBasedSampler;

  /** @param ratio share of the traces, 0 to 1 */
  constructor(ratio: number) {
    this.#ratio = new TraceIdRatioBasedSampler(ratio);
  }

  shouldSample(
    context: Context,
    traceId: string,
    _name: string,
    _kind: SpanKind,
    _attributes: Attributes,
    [link]: Link[],
  ): SamplingResult {
    const isTaken =
      link === undefined
        ? this.#ratio.shouldSample(context, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED
        : isSampled(link.context);
    return { decision: isTaken ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.RECORD };
  }

  toString(): string {
    return `RootSampler{${this.#ratio}}`;
  }
}
