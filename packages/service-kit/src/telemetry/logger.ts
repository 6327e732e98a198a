import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from '../config/index.ts';
import { redact } from './redact.ts';

export type { Logger };

/**
 * JSON lines on standard output with `service`, and `trace_id` and `span_id` wherever an exchange is being served. Secrets
 * are censored by name (`redact.ts`). Lines are written at once (2 µs more than in batches), so that a crash loses none.
 */
export function createLogger(
  options: { service: string; level: LogLevel },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redact(fields) as Record<string, unknown>,
      },
      serializers: { err: (error: Error) => redact({ ...pino.stdSerializers.err(error) }) },
      mixin: traceFields,
    },
    destination ?? pino.destination({ sync: true }),
  );
}

function traceFields(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
