import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';

/**
 * The pool, but a connection on which an answer is overdue is closed rather than given to the next query: what is behind it
 * may be gone for good, which TCP notices after a quarter of an hour, and until then every query on it would wait in vain.
 */
export function discardSilentConnections(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => watch(await pool.connect()),
    end: () => pool.end(),
  };
}

function watch(client: pg.PoolClient): PostgresPoolClient {
  let isSilent = false;
  const query = async (sql: string, parameters: unknown[]) => {
    try {
      return await client.query(sql, parameters);
    } catch (error) {
      isSilent ||= error instanceof Error && error.message === readTimeoutMessage;
      throw error;
    }
  };
  // The dialect is given no cursors, so that their overload is never called.
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release(isSilent) };
}

/** All that pg says when `query_timeout` has passed (`client.js` of pg 8). */
const readTimeoutMessage = 'Query read timeout';
