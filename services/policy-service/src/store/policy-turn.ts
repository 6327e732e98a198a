import type { PolicyDatabase } from './database-schema.ts';

/**
 * Waits until no other transaction changes policies, and keeps them from it until this one ends. It is the row that changes
 * raise anyway: to lock it first leaves no two of them waiting for each other.
 */
export async function takeTurn(transaction: PolicyDatabase): Promise<void> {
  await transaction.selectFrom('revision').select('number').forUpdate().executeTakeFirstOrThrow();
}
