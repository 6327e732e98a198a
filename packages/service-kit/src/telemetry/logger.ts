import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from '../config/index.ts';

export type { Logger };

/** Paths that never reach a log, whatever object holds them. */
const redactedPaths = [
  'authorization',
  'cookie',
  'privateKey',
  'clientSecret',
  'key',
  'token',
  'secret',
  'password',
];

/** JSON lines on standard output with `service`, and `trace_id` and `span_id` wherever an exchange is being served. */
export function createLogger(
  options: { service: string; level: LogLevel },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths.flatMap((path) => [path, `*.${path}`]), censor: '[redacted]' },
      mixin: traceFields,
    },
    destination ?? pino.destination({ sync: true }),
  );
}

function traceFields(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
