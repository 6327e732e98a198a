import { sql } from 'kysely';
import type { ChangeOrigin } from '../domain/operator-change.ts';
import { type AuthDatabase, schemaName } from './database-schema.ts';
import type { KeySealer } from './key-sealer.ts';
import { recordOperatorChange } from './operator-changes.ts';
import { type SealedColumn, sealedColumns } from './sealed-columns.ts';

/** Secrets of one column by the KEK that they are sealed under. */
export interface SealedCount {
  readonly table: string;
  readonly current: number;
  readonly older: number;
}

/** How much is sealed under the current KEK and how much is not. */
export function countSealed(database: AuthDatabase, sealer: KeySealer): Promise<readonly SealedCount[]> {
  return Promise.all(
    sealedColumns.map(async (column) => {
      const values = await readSealed(database, column);
      const current = values.filter(({ sealed }) => sealer.isCurrent(sealed)).length;
      return { table: column.table, current, older: values.length - current };
    }),
  );
}

/**
 * Seals everything that is sealed under an older KEK anew, under the current one. A secret that is replaced meanwhile is left
 * as it is. What was done is recorded as a change when it has come to its end, by a failure too. Repeating it, or a second run at the same time, does no harm.
 *
 * @returns how many secrets were sealed anew
 * @throws UnsealError when a secret cannot be opened; those before it are done
 */
export async function resealAll(
  database: AuthDatabase,
  sealer: KeySealer,
  origin: ChangeOrigin,
): Promise<number> {
  let resealed = 0;
  try {
    for (const column of sealedColumns) {
      for (const value of await readSealed(database, column)) {
        if (sealer.isCurrent(value.sealed)) continue;
        const purpose = column.purpose(...value.key);
        const anew = await sealer.seal(await sealer.open(value.sealed, purpose), purpose);
        if (await replace(database, column, { ...value, anew })) resealed += 1;
      }
    }
    return resealed;
  } finally {
    if (resealed > 0)
      await recordOperatorChange(database, {
        ...origin,
        action: 'kek.reseal',
        target: { type: 'kek', id: sealer.kekId },
        before: null,
        after: { resealed },
      });
  }
}

interface SealedValue {
  /** In the order of the column's `key`. */
  readonly key: readonly string[];
  readonly sealed: string;
}

async function readSealed(
  database: AuthDatabase,
  { table, key, column }: SealedColumn,
): Promise<readonly SealedValue[]> {
  const texts = key.map((name) => sql`${sql.ref(name)}::text`);
  const { rows } = await sql<SealedValue>`
    select array[${sql.join(texts)}] as key, ${sql.ref(column)} as sealed
    from ${sql.id(schemaName, table)} where ${sql.ref(column)} is not null order by 1
  `.execute(database);
  return rows;
}

/** Compares before it sets, so that a secret that came meanwhile is not overwritten by the one before. */
async function replace(
  database: AuthDatabase,
  { table, key, column }: SealedColumn,
  { key: values, sealed, anew }: SealedValue & { anew: string },
): Promise<boolean> {
  const isRow = key.map((name, index) => sql`${sql.ref(name)}::text = ${values[index]}`);
  const { numAffectedRows } = await sql`
    update ${sql.id(schemaName, table)} set ${sql.ref(column)} = ${anew}
    where ${sql.join(isRow, sql` and `)} and ${sql.ref(column)} = ${sealed}
  `.execute(database);
  return numAffectedRows === 1n;
}
