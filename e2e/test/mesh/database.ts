import { Client, type QueryResultRow } from 'pg';
import { stack } from './gateway.ts';

/** Asks the mesh's Postgres, as its administrator. */
export async function query<T extends QueryResultRow>(
  text: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const client = new Client({ connectionString: stack().postgres.url });
  await client.connect();
  try {
    return (await client.query<T>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
