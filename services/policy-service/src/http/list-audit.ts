import { type AuditList, auditQuerySchema } from '@4runr/contracts/audit';
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
    const body: AuditList = {
      items: [...items],
      nextCursor: next === undefined ? null : formatAuditCursor(next),
    };
    response.set('Cache-Control', 'no-store').json(body);
  };
}
