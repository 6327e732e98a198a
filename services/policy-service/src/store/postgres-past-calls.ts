import type { PastCalls } from '../domain/replay/replay-period.ts';
import type { ReadTrail } from './read-trail.ts';

/** The calls of the audit trail in Postgres, encrypted facts included. */
export function createPastCalls(readTrail: ReadTrail): PastCalls {
  return {
    read: ({ fromMs, toMs, after, limit }) =>
      readTrail((database) =>
        database
          .selectFrom('audit_items')
          .select(['at', 'id', 'body'])
          .where('kind', '=', 'call')
          .where('at', '>=', new Date(fromMs))
          .where('at', '<', new Date(toMs))
          .$if(after !== undefined, (query) =>
            query.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('at', 'id'), '>', tuple(after?.at ?? new Date(0), after?.id ?? '')),
            ),
          )
          .orderBy('at')
          .orderBy('id')
          .limit(limit)
          .execute(),
      ),
  };
}
