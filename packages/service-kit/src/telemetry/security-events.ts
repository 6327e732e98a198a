import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Events that a security team watches; the closed set of the label `event`. */
export type SecurityEvent =
  | 'authentication_failure'
  | 'authorization_violation'
  | 'token_tampering'
  | 'privilege_escalation';

/** Counts a security event and logs it by name. `fields` hold no secret and no token. */
export type ReportSecurityEvent = (event: SecurityEvent, fields?: Record<string, unknown>) => void;

export function createSecurityEvents(logger: Logger, metrics: Metrics): ReportSecurityEvent {
  const counter = metrics.counter({
    name: 'gateway_security_events_total',
    help: 'Security events by name',
    labelNames: ['event'],
  });
  return (event, fields = {}) => {
    counter.inc({ event });
    logger.warn({ event: `security.${event}`, ...fields }, 'security event');
  };
}
