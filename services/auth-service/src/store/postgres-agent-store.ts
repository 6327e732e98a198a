import type { PublicJwk } from '@4runr/contracts/token';
import type { Selectable } from 'kysely';
import type { AgentRecord, AgentStore } from '../domain/agent.ts';
import { snapshotAgent } from './agent-snapshot.ts';
import { insertKeys, keysOfClient } from './client-keys.ts';
import { insertSecrets, secretsOfClient } from './client-secrets.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';
import { recordOperatorChange } from './operator-changes.ts';

/** Agents in Postgres: the clients of that kind. */
export function createAgentStore(database: AuthDatabase): AgentStore {
  const agents = () =>
    database
      .selectFrom('clients')
      .selectAll('clients')
      .select([keysOfClient, secretsOfClient])
      .where('kind', '=', 'agent');

  return {
    create: (agent, origin) =>
      database.transaction().execute(async (transaction) => {
        const {
          clientId,
          authMethod,
          keys,
          secrets,
          tokenTtlSeconds,
          description = null,
          ...columns
        } = agent;
        const row = await transaction
          .insertInto('clients')
          .values({
            ...columns,
            kind: 'agent',
            client_id: clientId,
            auth_method: authMethod,
            token_ttl_seconds: tokenTtlSeconds,
            description,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await insertKeys(transaction, row.id, keys);
        await insertSecrets(transaction, row.id, secrets);
        const secretsAt = secrets.map(({ kid }) => ({ kid, createdAt: row.created_at }));
        const created = toRecord(row, { keys, secrets: secretsAt });
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
      return row === undefined ? undefined : toRecord(row, credentialsOf(row));
    },

    async list({ after, limit }) {
      const rows = await agents()
        .$if(after !== undefined, (query) => query.where('position', '>', after ?? ''))
        .orderBy('position')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit);
      return {
        items: items.map((row) => toRecord(row, credentialsOf(row))),
        next: rows.length > limit ? items.at(-1)?.position : undefined,
      };
    },
  };
}

type Credentials = Pick<AgentRecord, 'keys' | 'secrets'>;

function credentialsOf({
  keys,
  secrets,
}: {
  keys: readonly { public_jwk: PublicJwk }[];
  secrets: readonly { kid: string; created_at: string }[];
}): Credentials {
  return {
    keys: keys.map(({ public_jwk }) => public_jwk),
    secrets: secrets.map(({ kid, created_at }) => ({ kid, createdAt: new Date(created_at) })),
  };
}

function toRecord(row: Selectable<AuthSchema['clients']>, credentials: Credentials): AgentRecord {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    description: row.description ?? undefined,
    status: row.status,
    clientId: row.client_id,
    authMethod: row.auth_method,
    ...credentials,
    tokenTtlSeconds: row.token_ttl_seconds,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
