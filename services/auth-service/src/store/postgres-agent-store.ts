import type { PublicJwk } from '@4runr/contracts/token';
import type { ExpressionBuilder, Selectable } from 'kysely';
import type { AgentFilter, AgentRecord, AgentStore } from '../domain/agent.ts';
import { snapshotAgent } from './agent-snapshot.ts';
import { applyEdit, lockClient } from './apply-client-edit.ts';
import { insertKeys, keysOfClient } from './client-keys.ts';
import { insertSecrets, secretsOfClient } from './client-secrets.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';
import { recordOperatorChange } from './operator-changes.ts';

/** Agents in Postgres: the clients of that kind. */
export function createAgentStore(database: AuthDatabase): AgentStore {
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
        const after = await snapshotAgent(created);
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
      return findAgent(database, id);
    },

    change: (id, origin, decide) =>
      database.transaction().execute(async (transaction) => {
        if (!(await lockClient(transaction, { id, kind: 'agent' }))) return undefined;
        const before = await findAgent(transaction, id);
        if (before === undefined) return undefined;
        const edit = await decide(before);
        if (edit === undefined) return { agent: before, edit };
        await applyEdit(transaction, before, edit);
        const after = await findAgent(transaction, id);
        await recordOperatorChange(transaction, {
          ...origin,
          action: edit.action,
          target: { type: 'agent', id },
          before: await snapshotAgent(before),
          after: after === undefined ? null : await snapshotAgent(after),
        });
        return { agent: after ?? before, edit };
      }),

    async list({ filter, after, limit }) {
      const rows = await selectAgents(database)
        .where(fits(filter))
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

function selectAgents(database: AuthDatabase) {
  return database
    .selectFrom('clients')
    .selectAll('clients')
    .select([keysOfClient, secretsOfClient])
    .where('kind', '=', 'agent');
}

async function findAgent(database: AuthDatabase, id: string): Promise<AgentRecord | undefined> {
  const row = await selectAgents(database).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toRecord(row, credentialsOf(row));
}

function fits({ status, role, name }: AgentFilter) {
  return ({ eb, and }: ExpressionBuilder<AuthSchema, 'clients'>) =>
    and([
      ...(status === undefined ? [] : [eb('status', '=', status)]),
      ...(role === undefined ? [] : [eb('role', '=', role)]),
      ...(name === undefined ? [] : [eb('name', 'ilike', `%${name.replaceAll(/[\\%_]/g, '\\$&')}%`)]),
    ]);
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
    removedKeys: row.removed_keys,
    tokenTtlSeconds: row.token_ttl_seconds,
    epoch: row.epoch,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
