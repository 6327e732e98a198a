import { type Attributes, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_OPERATION_BATCH_SIZE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_STORED_PROCEDURE_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
} from '@opentelemetry/semantic-conventions';
import { preciseNow } from './precise-times.ts';
import { sampledSpan } from './trace-context.ts';
import type { Tracing } from './tracing.ts';

/** An exchange with a database as its span tells of it: what is done, and with what; never keys, values or statements. */
export interface DatabaseOperation {
  readonly system: 'redis' | 'postgresql';
  /** `EVALSHA`, `INSERT`; `PIPELINE GET` for several that are written together. */
  readonly operation: string;
  /** The name of a script. */
  readonly script?: string;
  readonly table?: string;
  /** How many operations are written together. */
  readonly batchSize?: number;
}

/** Does a piece of work within a client span (OpenTelemetry's database conventions) where the trace under way is sampled. */
export async function traceOperation<T>(
  { tracer }: Pick<Tracing, 'tracer'>,
  operation: DatabaseOperation,
  work: () => Promise<T>,
): Promise<T> {
  if (sampledSpan() === undefined) return work();
  const span = tracer.startSpan(nameOf(operation), {
    kind: SpanKind.CLIENT,
    attributes: attributesOf(operation),
  });
  try {
    return await work();
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end(preciseNow());
  }
}

function nameOf({ operation, script, table }: DatabaseOperation): string {
  const target = script ?? table;
  return target === undefined ? operation : `${operation} ${target}`;
}

function attributesOf({ system, operation, script, table, batchSize }: DatabaseOperation): Attributes {
  return {
    [ATTR_DB_SYSTEM_NAME]: system,
    [ATTR_DB_OPERATION_NAME]: operation,
    ...(script === undefined ? {} : { [ATTR_DB_STORED_PROCEDURE_NAME]: script }),
    ...(table === undefined ? {} : { [ATTR_DB_COLLECTION_NAME]: table }),
    ...(batchSize === undefined ? {} : { [ATTR_DB_OPERATION_BATCH_SIZE]: batchSize }),
  };
}

/** The kind of the error alone: messages of databases repeat values. */
function markFailed(span: Span, error: unknown): void {
  span.setAttribute(ATTR_ERROR_TYPE, error instanceof Error ? error.name : 'unforeseen');
  span.setStatus({ code: SpanStatusCode.ERROR });
}
