export { type AbsenceLevel, createAbsenceLevel } from './absence-level.ts';
export { type AbsenceLog, createAbsenceLog } from './absence-log.ts';
export { decisionAttributes } from './decision-attributes.ts';
export { createLogger, type Logger } from './logger.ts';
export {
  type Counter,
  createMetrics,
  durationBucketsMs,
  type Gauge,
  type Histogram,
  type Metrics,
  type TracedHistogram,
} from './metrics.ts';
export { preciseNow } from './precise-times.ts';
export {
  createSecurityEvents,
  type ReportSecurityEvent,
  refusalEventOf,
  refusalEvents,
  type SecurityEvent,
} from './security-events.ts';
export {
  formatTraceParent,
  isTraceId,
  readSpanContext,
  readTraceParent,
  untracedContext,
} from './trace-context.ts';
export { type DatabaseOperation, traceOperation } from './trace-operation.ts';
export {
  createTracing,
  currentTraceId,
  currentTraceParent,
  type Tracing,
  type TracingOptions,
} from './tracing.ts';
