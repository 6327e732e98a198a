import type { StackFile } from '../stack/stack-file.ts';

type Traces = StackFile['traces'];

/**
 * The receiver that spans go to when it is not the stack's own, and so cannot be read from here: its OTLP base URL, or
 * `nowhere`.
 */
export function foreignReceiver({ otlp, jaeger, folder }: Traces): string | undefined {
  if (jaeger !== undefined || folder !== undefined) return undefined;
  return otlp === '' ? 'nowhere' : otlp;
}

/** Why there is nothing of a trace. `traces` are those of the running stack, if one runs. */
export function explainMissing(traceId: string, traces: Traces | undefined): string {
  const foreign = traces === undefined ? undefined : foreignReceiver(traces);
  return foreign === undefined
    ? `No span of trace ${traceId} has come in.`
    : `Spans go to ${foreign}, as OTEL_EXPORTER_OTLP_ENDPOINT says, and none of trace ${traceId} is kept here: look there.`;
}
