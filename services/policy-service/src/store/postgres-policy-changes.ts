import type { Policy, PolicyChange } from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';
import { ProblemError } from '@4runr/service-kit/errors';
import type { ChangeOrigin, PolicyChanges, PolicyEdit } from '../domain/policy-change.ts';
import type { StoredPolicy } from '../domain/policy-store.ts';
import { makePartitions } from './audit-partitions.ts';
import type { PolicyDatabase } from './database-schema.ts';
import { takeTurn } from './policy-turn.ts';
import { isWithoutPartition } from './postgres-audit-store.ts';
import { findPolicy } from './postgres-policy-store.ts';
import { recordPolicyChange } from './record-policy-change.ts';

/** Changes of policies in Postgres: what is active, its history and its record in the audit trail are one transaction. */
export function createPolicyChanges(database: PolicyDatabase): PolicyChanges {
  return {
    create: (document, origin) =>
      inTurn(database, async (transaction) => {
        const { name } = document;
        if ((await findPolicy(transaction, name)) !== undefined) {
          throw new ProblemError('conflict', { detail: 'There is a policy of this name already.' });
        }
        const { number, at } = await appendChange(transaction, { name, change: 'create', document, origin });
        await transaction
          .insertInto('policies')
          .values({ name, number, created_at: at, updated_at: at })
          .execute();
        await recordPolicyChange(transaction, { ...origin, at, change: 'create', name, after: document });
        return { name, version: policyVersion(document), document, createdAt: at, updatedAt: at };
      }),

    change: (name, origin, decide) =>
      inTurn(database, async (transaction) => {
        const policy = await findPolicy(transaction, name);
        if (policy === undefined) return undefined;
        const edit = await decide(policy, {
          document: (version) => findDocument(transaction, { name, version }),
        });
        if (edit === undefined) return { policy, edit };
        return { policy: await applyEdit(transaction, { policy, edit, origin }), edit };
      }),
  };
}

/** Partitions of the audit trail are made ahead; in the first moments of an installation one may be missing. */
async function inTurn<T>(
  database: PolicyDatabase,
  work: (transaction: PolicyDatabase) => Promise<T>,
): Promise<T> {
  const attempt = () =>
    database.transaction().execute(async (transaction) => {
      await takeTurn(transaction);
      return work(transaction);
    });
  try {
    return await attempt();
  } catch (error) {
    if (!isWithoutPartition(error)) throw error;
    // The database's clock tells the moment; on the first and last day of a month it may not be in the month of ours.
    const days = [-1, 0, 1].map((day) => new Date(Date.now() + day * 86_400_000));
    await makePartitions(database, days);
    return attempt();
  }
}

/** @returns the policy afterwards, or as it was when it is deleted */
async function applyEdit(
  transaction: PolicyDatabase,
  { policy, edit, origin }: { policy: StoredPolicy; edit: PolicyEdit; origin: ChangeOrigin },
): Promise<StoredPolicy> {
  const { name, document: before } = policy;
  const { change } = edit;
  const after = edit.change === 'delete' ? undefined : edit.document;
  const { number, at } = await appendChange(transaction, { name, change, document: after, origin });
  await recordPolicyChange(transaction, { ...origin, at, change, name, before, after });
  if (after === undefined) {
    await transaction.deleteFrom('policies').where('name', '=', name).execute();
    return policy;
  }
  await transaction
    .updateTable('policies')
    .set({ number, updated_at: at })
    .where('name', '=', name)
    .execute();
  return { ...policy, version: policyVersion(after), document: after, updatedAt: at };
}

/** Adds the next entry to a policy's history. */
async function appendChange(
  transaction: PolicyDatabase,
  entry: { name: string; change: PolicyChange; document: Policy | undefined; origin: ChangeOrigin },
): Promise<{ number: number; at: Date }> {
  const { name, change, document, origin } = entry;
  const { last } = await transaction
    .selectFrom('policy_versions')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return transaction
    .insertInto('policy_versions')
    .values({
      name,
      number: (last ?? 0) + 1,
      change,
      version: document === undefined ? null : policyVersion(document),
      document: document === undefined ? null : JSON.stringify(document),
      created_by: origin.operator,
    })
    .returning(['number', 'created_at as at'])
    .executeTakeFirstOrThrow();
}

async function findDocument(
  transaction: PolicyDatabase,
  { name, version }: { name: string; version: string },
): Promise<unknown> {
  const row = await transaction
    .selectFrom('policy_versions')
    .select('document')
    .where('name', '=', name)
    .where('version', '=', version)
    .limit(1)
    .executeTakeFirst();
  return row?.document ?? undefined;
}
