import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** A service's part of the database: its login role and the schema of the same name, which only it owns. */
export interface ServiceRole {
  readonly database: string;
  readonly role: string;
  readonly password: string;
}

/**
 * Creates, or brings back to this state, the database, the role and its schema. Idempotent. The role may connect to this
 * database alone, create objects in its own schema alone, and finds them without naming it (`search_path`).
 */
export async function ensureServiceRole(adminUrl: string, service: ServiceRole): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await ensureDatabase(client, service.database);
    await ensureLogin(client, service);
  });
  await withClient(urlOfDatabase(adminUrl, service.database), (client) => ensureSchema(client, service));
}

/** The same server and user, another database. */
export function urlOfDatabase(url: string, database: string): string {
  const target = new URL(url);
  target.pathname = `/${database}`;
  return target.href;
}

async function ensureDatabase(client: Client, database: string): Promise<void> {
  const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (known.rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(database)}`);
  await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC`);
}

async function ensureLogin(client: Client, { role, password, database }: ServiceRole): Promise<void> {
  const name = escapeIdentifier(role);
  const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (known.rowCount === 0) await client.query(`CREATE ROLE ${name} LOGIN`);
  await client.query(`ALTER ROLE ${name} PASSWORD ${escapeLiteral(password)}`);
  await client.query(`GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${name}`);
  await client.query(
    `ALTER ROLE ${name} IN DATABASE ${escapeIdentifier(database)} SET search_path = ${name}`,
  );
}

async function ensureSchema(client: Client, { role }: ServiceRole): Promise<void> {
  const name = escapeIdentifier(role);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${name} AUTHORIZATION ${name}`);
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
}

async function withClient<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
