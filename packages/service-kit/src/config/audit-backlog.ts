import { integer } from './readers.ts';
import { setting } from './setting.ts';

/** Of every service that appends to the audit trail: their bounds must be the same. */
export function auditBacklogSetting() {
  return setting('AUDIT_BACKLOG_MAX', integer(16, 1_000_000_000), {
    default: '800000',
    about:
      'most items of the audit trail that may wait to be stored, about a kilobyte each in the state Redis; when they are that many, no call is allowed, and from half of it on no refused call is recorded; the same for proxy-service and policy-service',
  });
}
