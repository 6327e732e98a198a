import { ProblemError } from '@4runr/service-kit/errors';
import type { AuditPosition } from '../domain/audit-trail.ts';

/** Milliseconds since the epoch up to the year 5138, and an id. */
const positionPattern = /^after:(\d{1,14}):([\w-]{1,128})$/;

/** A position in the audit trail, in a form that invites nobody to compute with it. */
export function formatAuditCursor({ at, id }: AuditPosition): string {
  return Buffer.from(`after:${at.getTime()}:${id}`).toString('base64url');
}

/** @throws ProblemError `request.invalid` for a cursor that no page ever gave */
export function parseAuditCursor(cursor: string): AuditPosition {
  const [, ms, id] = positionPattern.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (ms !== undefined && id !== undefined) {
    const position = { at: new Date(Number(ms)), id };
    if (formatAuditCursor(position) === cursor) return position;
  }
  throw new ProblemError('request.invalid', { detail: 'The cursor is not usable.' });
}
