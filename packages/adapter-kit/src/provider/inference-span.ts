import type { Usage } from '@4runr/contracts/call';
import { ProblemError } from '@4runr/service-kit/errors';
import { preciseNow } from '@4runr/service-kit/telemetry';
import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';

/** What a model is asked for, in the words of OpenTelemetry's GenAI conventions. */
export interface InferenceRequest {
  /** `openai`; see `gen_ai.provider.name`. */
  readonly provider: string;
  /** `chat`; see `gen_ai.operation.name`. */
  readonly operation: string;
  readonly model: string;
}

/** A model at work, as a client span tells of it. It has one end, the first that is called. */
export interface Inference {
  /** Exchanges that begin within are its own. */
  within<T>(work: () => T): T;
  end(used?: { readonly model?: string | undefined; readonly usage?: Usage | undefined }): void;
  fail(error: unknown): void;
}

export type StartInference = (request: InferenceRequest) => Inference;

/** What is asked of the model, and what it answers, is not told. */
export function startInference(tracer: Tracer): StartInference {
  return ({ provider, operation, model }) => {
    const span = tracer.startSpan(`${operation} ${model}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': provider,
        'gen_ai.request.model': model,
      },
    });
    return {
      within: (work) => context.with(trace.setSpan(context.active(), span), work),
      end({ model: answering, usage } = {}) {
        if (answering !== undefined) span.setAttribute('gen_ai.response.model', answering);
        noteUsage(span, usage);
        span.end(preciseNow());
      },
      fail(error) {
        const type = error instanceof ProblemError ? error.code : 'unforeseen';
        span.setAttribute(ATTR_ERROR_TYPE, type).setStatus({ code: SpanStatusCode.ERROR });
        span.end(preciseNow());
      },
    };
  };
}

function noteUsage(span: Span, { inputTokens, outputTokens }: Usage = {}): void {
  if (inputTokens !== undefined) span.setAttribute('gen_ai.usage.input_tokens', inputTokens);
  if (outputTokens !== undefined) span.setAttribute('gen_ai.usage.output_tokens', outputTokens);
}
