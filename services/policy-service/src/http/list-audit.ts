import { auditQuerySchema } from '@4runr/contracts/audit';
import type { RequestHandler } from 'express';
import type { AuditTrail } from '../domain/audit-trail.ts';
import { formatAuditCursor, parseAuditCursor } from './audit-cursor.ts';
import { parseInput } from './parse-input.ts';

/** `GET /v1/audit`, newest first. */
export function listAuditHandler(trail: AuditTrail): RequestHandler {
  return async (request, response) => {
    const { cursor, ...query } = parseInput(auditQuerySchema, { ...request.query });
    const after = cursor === undefined ? undefined : parseAuditCursor(cursor);
    const { items, next } = await trail.list({ ...query, after });
    const nextCursor = next === undefined ? null : formatAuditCursor(next);
    response.set('Cache-Control', 'no-store').type('json').send(toAuditList(items, nextCursor));
  };
}

/** An `AuditList` whose items are JSON already. */
function toAuditList(items: readonly string[], nextCursor: string | null): string {
  return `{"items":[${items.join()}],"nextCursor":${JSON.stringify(nextCursor)}}`;
}
