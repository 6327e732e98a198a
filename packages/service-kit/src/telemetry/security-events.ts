import type { ProblemCode, RefusalCode } from '@4runr/contracts/problem';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Events that a security team watches; the closed set of the label `event`. */
export type SecurityEvent =
  | 'authentication_failure'
  | 'authorization_violation'
  | 'token_tampering'
  | 'privilege_escalation';

/** Counts a security event and logs it by name. `fields` hold no secret and no token; docs/logs.md says which there are. */
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

/** What each refusal is, where no more is known of it: a code of 401 or 403 that is not here does not compile. */
export const refusalEvents: Readonly<Record<RefusalCode, SecurityEvent>> = {
  'token.missing': 'authentication_failure',
  'token.invalid': 'authentication_failure',
  'token.expired': 'authentication_failure',
  'token.revoked': 'authentication_failure',
  'scope.insufficient': 'authorization_violation',
  'policy.denied': 'authorization_violation',
  'target.forbidden': 'authorization_violation',
};

/** The event of a failure; `undefined` of one that refuses nobody. */
export function refusalEventOf(code: ProblemCode): SecurityEvent | undefined {
  return Object.hasOwn(refusalEvents, code) ? refusalEvents[code as RefusalCode] : undefined;
}
