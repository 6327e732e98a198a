import type { PublicJwk } from '@4runr/contracts/token';
import type { Selectable } from 'kysely';
import type { AgentRecord, AgentStore } from '../domain/agent.ts';
import { snapshotAgent } from './agent-snapshot.ts';
import { insertKeys, keysOfClient } from './client-keys.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';
import { recordOperatorChange } from './operator-changes.ts';

/** Agents in Postgres: the clients of that kind. */
export function createAgentStore(database: AuthDatabase): AgentStore {
  const agents = () =>
    database.selectFrom('clients').selectAll('clients').select(keysOfClient).where('kind', '=', 'agent');

  return {
    create: (agent, origin) =>
      database.transaction().execute(async (transaction) => {
        const { clientId, authMethod, keys, description = null, ...columns } = agent;
        const row = await transaction
          .insertInto('clients')
          .values({ ...columns, kind: 'agent', client_id: clientId, auth_method: authMethod, description })
          .returningAll()
          .executeTakeFirstOrThrow();
        await insertKeys(transaction, row.id, keys);
        const created = toRecord(row, keys);
        const target = { type: 'agent', id: created.id } as const;
        const after = snapshotAgent(created);
        await recordOperatorChange(transaction, {
          ...origin,
          action: 'agent.create',
          target,
          before: null,
          after,
        });
        return created;
      }),

    async find(id) {
      const row = await agents().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toRecord(row, keysOf(row));
    },

    async list({ after, limit }) {
      const rows = await agents()
        .$if(after !== undefined, (query) => query.where('position', '>', after ?? ''))
        .orderBy('position')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit);
      return {
        items: items.map((row) => toRecord(row, keysOf(row))),
        next: rows.length > limit ? items.at(-1)?.position : undefined,
      };
    },
  };
}

function keysOf({ keys }: { keys: readonly { public_jwk: PublicJwk }[] }): readonly PublicJwk[] {
  return keys.map(({ public_jwk }) => public_jwk);
}

function toRecord(row: Selectable<AuthSchema['clients']>, keys: readonly PublicJwk[]): AgentRecord {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    description: row.description ?? undefined,
    status: row.status,
    clientId: row.client_id,
    authMethod: row.auth_method,
    keys,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
