import { actorsOf } from '@4runr/contracts/token';
import type { IsTokenAlive } from '../domain/token-status.ts';
import type { AuthDatabase } from './database-schema.ts';

/** The state of tokens by what Postgres knows now: ahead of what readers of the list in Redis know. */
export function createTokenStatus(database: AuthDatabase): IsTokenAlive {
  return async (claims) => {
    const revoked = await database
      .selectFrom('revocations')
      .select('subject')
      .where('kind', '=', 'token')
      .where('subject', 'in', [claims.jti, ...(claims.parents ?? [])])
      .limit(1)
      .executeTakeFirst();
    if (revoked !== undefined) return false;
    const parties = [claims, ...actorsOf(claims)];
    const clients = await database
      .selectFrom('clients')
      .select(['id', 'epoch', 'status'])
      .where('id', 'in', [...new Set(parties.map(({ sub }) => sub))])
      .execute();
    return parties.every(({ sub, epoch }) =>
      clients.some((client) => client.id === sub && client.status === 'active' && epoch >= client.epoch),
    );
  };
}
