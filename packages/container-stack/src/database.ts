import {
  databaseName,
  ensureServiceRole,
  type MeshView,
  type PasswordStore,
  serviceDefinitions,
} from '@4runr/local-stack/installation';
import { Client, escapeIdentifier } from 'pg';
import { passwordNames } from './container-mesh.ts';

/** Where the server is, without a path. */
const server = 'postgres:5432';

/**
 * Brings Postgres to have the services' roles and schemas with the passwords that were handed out, and a role that may look at the
 * server's figures alone. Idempotent, so a password that was made anew takes effect.
 */
export async function ensureDatabase(mesh: MeshView, passwords: PasswordStore): Promise<void> {
  const adminUrl = `postgres://postgres:${passwords.passwordOf('postgres')}@${server}/postgres`;
  const { monitor } = passwordNames;
  for (const role of [...(await rolesOf(mesh)), monitor])
    await ensureServiceRole(adminUrl, { database: databaseName, role, password: passwords.passwordOf(role) });
  await query(adminUrl, `GRANT pg_monitor TO ${escapeIdentifier(monitor)}`);
}

/** The roles that services are told to connect as. */
async function rolesOf(mesh: MeshView): Promise<Set<string>> {
  const roles = new Set<string>();
  const databaseUrlOf = (role: string) => {
    roles.add(role);
    return mesh.databaseUrlOf(role);
  };
  for (const definition of serviceDefinitions) await definition.env({ ...mesh, databaseUrlOf });
  return roles;
}

/** What dashboards may read of the audit trail: who called what, and what came of it. Of parameters and facts nothing. */
const shownColumns = ['id', 'at', 'kind', 'agent', 'tool', 'action', 'outcome'];

/** Brings Postgres to have the role that dashboards read the audit trail by; the trail's tables have to be there. Idempotent. */
export async function ensureDashboardsRole(passwords: PasswordStore): Promise<void> {
  const { dashboards: role } = passwordNames;
  const adminUrl = `postgres://postgres:${passwords.passwordOf('postgres')}@${server}/${databaseName}`;
  await ensureServiceRole(adminUrl, { database: databaseName, role, password: passwords.passwordOf(role) });
  const reader = escapeIdentifier(role);
  await query(adminUrl, `GRANT USAGE ON SCHEMA policy TO ${reader}`);
  await query(adminUrl, `GRANT SELECT (${shownColumns.join(', ')}) ON policy.audit_items TO ${reader}`);
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
