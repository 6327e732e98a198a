import type { DatedRevocation } from '@4runr/contracts/revocation';
import type { ExpressionBuilder, Insertable, Selectable } from 'kysely';
import type { OperatorChange } from '../domain/operator-change.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';
import { recordOperatorChange } from './operator-changes.ts';

type Row = Selectable<AuthSchema['revocations']>;
type Key = Pick<Row, 'kind' | 'subject' | 'epoch'>;

/** Most revocations that are read at once where they are worked off bit by bit. */
const batchMax = 500;

/**
 * Stores a revocation; one that is there already stays as it is. It has to be published after the commit.
 *
 * @returns whether it was not there
 */
export async function insertRevocation(transaction: AuthDatabase, dated: DatedRevocation): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto('revocations')
    .values(toRow(dated))
    .onConflict((conflict) => conflict.columns(['kind', 'subject', 'epoch']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Stores the revocation of one token, with the record of the change where there is one: however often, it is recorded once. */
export async function storeTokenRevocation(
  database: AuthDatabase,
  dated: DatedRevocation,
  change: OperatorChange | undefined,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const isNew = await insertRevocation(transaction, dated);
    if (isNew && change !== undefined) await recordOperatorChange(transaction, change);
  });
}

/**
 * The revocations of one subject that are not known to be in Redis, held for this transaction alone. Waits for whoever
 * publishes them already: then there are none left.
 */
export async function claimUnpublishedOf(
  transaction: AuthDatabase,
  subject: string,
): Promise<readonly DatedRevocation[]> {
  const rows = await transaction
    .selectFrom('revocations')
    .selectAll()
    .where('subject', '=', subject)
    .where('published_at', 'is', null)
    .forUpdate()
    .execute();
  return rows.map(fromRow);
}

/** Oldest revocations that are not known to be in Redis and that nobody publishes already, held likewise. */
export async function claimUnpublished(transaction: AuthDatabase): Promise<readonly DatedRevocation[]> {
  const rows = await transaction
    .selectFrom('revocations')
    .selectAll()
    .where('published_at', 'is', null)
    .orderBy('decided_at')
    .limit(batchMax)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(fromRow);
}

export async function markPublished(
  database: AuthDatabase,
  published: readonly DatedRevocation[],
): Promise<void> {
  if (published.length === 0) return;
  await database
    .updateTable('revocations')
    .set({ published_at: new Date() })
    .where(isOneOf(published.map(toRow)))
    .execute();
}

/** Every revocation that still matters. */
export async function readActive(database: AuthDatabase, now: Date): Promise<readonly DatedRevocation[]> {
  const rows = await database.selectFrom('revocations').selectAll().where('expires_at', '>=', now).execute();
  return rows.map(fromRow);
}

/** Some of the revocations that cannot matter any more. */
export async function readExpired(database: AuthDatabase, now: Date): Promise<readonly DatedRevocation[]> {
  const rows = await database
    .selectFrom('revocations')
    .selectAll()
    .where('expires_at', '<', now)
    .limit(batchMax)
    .execute();
  return rows.map(fromRow);
}

export async function deleteRevocations(
  database: AuthDatabase,
  revocations: readonly DatedRevocation[],
): Promise<void> {
  if (revocations.length === 0) return;
  await database
    .deleteFrom('revocations')
    .where(isOneOf(revocations.map(toRow)))
    .execute();
}

function isOneOf(keys: readonly Key[]) {
  return ({ eb, refTuple, tuple }: ExpressionBuilder<AuthSchema, 'revocations'>) =>
    eb(
      refTuple('kind', 'subject', 'epoch'),
      'in',
      keys.map(({ kind, subject, epoch }) => tuple(kind, subject, epoch)),
    );
}

function toRow({ revocation, atMs }: DatedRevocation): Insertable<AuthSchema['revocations']> & Key {
  return {
    kind: revocation.kind,
    ...(revocation.kind === 'token'
      ? { subject: revocation.jti, epoch: 0 }
      : { subject: revocation.sub, epoch: revocation.epoch }),
    expires_at: new Date(revocation.exp * 1_000),
    decided_at: new Date(atMs),
  };
}

function fromRow({ kind, subject, epoch, expires_at, decided_at }: Row): DatedRevocation {
  const exp = Math.floor(expires_at.getTime() / 1_000);
  return {
    revocation: kind === 'token' ? { kind, jti: subject, exp } : { kind, sub: subject, epoch, exp },
    atMs: decided_at.getTime(),
  };
}
