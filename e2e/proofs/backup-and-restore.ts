/**
 * Whether a mesh comes back from its backups, taken while it serves, as docs/runbooks/backup-and-restore.md says: secrets, then the state
 * Redis, then Postgres. Between the two backups an agent's tokens are revoked and another call is made, so that Redis is the older
 * one. The mesh is destroyed, and raised in another place from what was copied.
 *
 * Postgres is copied by its own low-level backup API, because its build for tests brings no client programs.
 *
 * `npm run prove -- backup-and-restore`
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { revocationKeys } from '@4runr/contracts/revocation';
import {
  createEdgeClient,
  requestToken,
  type Stack,
  type StackFile,
  stackFolder,
  startStack,
} from '@4runr/local-stack';
import { preparePostgres } from '@4runr/local-stack/parts';
import { createClient } from '@redis/client';
import { Client } from 'pg';
import { createOperator } from './measure/operator.ts';
import { untilSucceeds } from './measure/outage.ts';

const root = path.resolve(import.meta.dirname, '../..');
const work = mkdtempSync(path.join(tmpdir(), '4runr-backup-'));
const folderOf = (name: string) => stackFolder(root, { state: path.join(work, name) });
const backup = path.join(work, 'backup');
const secrets = ['secrets.json', 'agents.json', 'keys', 'tls'];
const quota = 5;
let searches = 0;

const start = (name: string) =>
  startStack({
    folder: folderOf(name),
    ports: 'anywhere',
    demonstration: false,
    environment: { UPSTREAM_MODE: 'mock', LOG_LEVEL: 'warn', TOKEN_RATE_CLIENT: '0' },
  });

let stack: Stack | undefined;
try {
  stack = await start('first');
  const before = await fill(stack.describe());
  await takeBackup(stack.describe(), before.whileBackingUp);
  const keys = await publicKeys(stack.describe());
  await stack.stop();
  rmSync(path.join(work, 'first'), { recursive: true });
  await restore();
  stack = await start('second');
  await check(stack.describe(), { ...before, keys });
} finally {
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
}

interface Before {
  /** What the mail with the idempotency key was answered. */
  readonly mail: string;
  readonly revokedAgent: string;
}

/** A mesh with something of everything. */
async function fill(described: StackFile): Promise<Before & { whileBackingUp(): Promise<void> }> {
  const edge = createEdgeClient({ url: described.edge.https, caFile: described.edge.ca });
  const operator = await createOperator(edge, described.operator);
  const operatorToken = await requestToken(edge, described.operator);
  await operator.storePolicy({
    name: 'searches-of-the-proof',
    subjects: { roles: ['scraper'] },
    allow: ['serpapi:search'],
    quotas: [
      {
        scope: 'serpapi:search',
        limit: quota,
        window: '24h',
        algorithm: 'sliding',
        per: 'agent',
        cost: 'calls',
      },
    ],
  });
  const stored = await edge.send('/v1/credentials/serpapi', {
    method: 'PUT',
    token: operatorToken,
    json: { apiKey: 'of the proof' },
  });
  assert.equal(stored.status, 201);
  const revoked = await operator.enrol('scraper');
  const mail = await sendMail(described);
  // The policy is active within a second.
  await untilSucceeds(async () => (await search(described)).headers.has('ratelimit'), 10_000);
  return {
    mail,
    revokedAgent: revoked.id,
    async whileBackingUp() {
      await operator.revokeTokensOf(revoked);
      assert.equal((await search(described)).status, 200);
      await edge.close();
    },
  };
}

async function call(
  described: StackFile,
  name: 'scraper' | 'engager',
  action: string,
  body: object,
  headers = {},
) {
  const edge = createEdgeClient({ url: described.edge.https, caFile: described.edge.ca });
  const token = await requestToken(edge, described.agents[name]);
  await edge.close();
  return fetch(`${described.edge.http}/v1/tools/${action}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}

function search(described: StackFile): Promise<Response> {
  searches += 1;
  return call(described, 'scraper', 'serpapi/search', { q: 'backup' });
}

async function sendMail(described: StackFile): Promise<string> {
  const mail = { to: 'ada@company.com', subject: 'once', text: 'Hello' };
  const answer = await call(described, 'engager', 'gmail_send/send', mail, {
    'idempotency-key': 'backup-and-restore',
  });
  assert.equal(answer.status, 200);
  return JSON.stringify(((await answer.json()) as { data: unknown }).data);
}

async function takeBackup(
  { postgres, redis: servers }: StackFile,
  between: () => Promise<void>,
): Promise<void> {
  const folder = folderOf('first');
  for (const name of secrets)
    cpSync(path.join(folder.state, name), path.join(backup, name), { recursive: true });

  const redis = await createClient({ url: servers.url }).connect();
  await redis.configSet('auto-aof-rewrite-percentage', '0');
  const { dir = '' } = await redis.configGet('dir');
  for (const name of ['appendonlydir', 'password'])
    cpSync(path.join(dir, name), path.join(backup, 'redis-state', name), { recursive: true });
  await redis.configSet('auto-aof-rewrite-percentage', '100');
  redis.destroy();
  await between();

  const database = new Client({ connectionString: postgres.url });
  await database.connect();
  const { rows } = await database.query<{ folder: string }>(
    `select current_setting('data_directory') as folder`,
  );
  const data = rows[0]?.folder ?? '';
  await database.query(`select pg_backup_start('proof', fast => true)`);
  cpSync(data, path.join(backup, 'postgres'), {
    recursive: true,
    filter: (file) => !file.endsWith('postmaster.pid'),
  });
  const stopped = await database.query<{ labelfile: string }>('select labelfile from pg_backup_stop()');
  writeFileSync(path.join(backup, 'postgres/backup_label'), stopped.rows[0]?.labelfile ?? '');
  // The log until the end of the backup, without which it is of no use.
  cpSync(path.join(data, 'pg_wal'), path.join(backup, 'postgres/pg_wal'), { recursive: true, force: true });
  cpSync(path.join(path.dirname(data), 'passwords.json'), path.join(backup, 'passwords.json'));
  await database.end();
}

async function restore(): Promise<void> {
  const { state, cache } = folderOf('second');
  for (const name of [...secrets, 'redis-state'])
    cpSync(path.join(backup, name), path.join(state, name), { recursive: true });
  const prepared = await preparePostgres({
    cacheDir: cache,
    stateDir: state,
    logFile: path.join(state, 'unused.log'),
    port: 0,
  });
  const data = prepared.spec.args[1] ?? '';
  const { uid, gid } = statSync(data);
  rmSync(data, { recursive: true });
  cpSync(path.join(backup, 'postgres'), data, { recursive: true });
  cpSync(path.join(backup, 'passwords.json'), path.join(path.dirname(data), 'passwords.json'));
  execFileSync('chown', ['-R', `${uid}:${gid}`, data]);
  chmodSync(data, 0o700);
}

async function publicKeys({ edge }: StackFile): Promise<readonly string[]> {
  const answer = await fetch(`${edge.http}/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid).sort();
}

async function check(
  described: StackFile,
  before: Before & { readonly keys: readonly string[] },
): Promise<void> {
  const edge = createEdgeClient({ url: described.edge.https, caFile: described.edge.ca });
  const token = await requestToken(edge, described.operator);
  const get = async (at: string) => (await edge.send(at, { token })).body;

  assert.deepEqual(await publicKeys(described), before.keys);
  report('Agents, keys and the KEK', 'tokens for the keys of before, signed by the keys of before');

  const credential = (await get('/v1/credentials/serpapi')) as { version: number };
  assert.equal(credential.version, 1);
  assert.equal(await sendMail(described), before.mail);
  const mails = await fetch(`${described.simulator?.url}/_sim/mailbox`).then((answer) => answer.json());
  assert.equal(JSON.stringify(mails).includes('once'), false);
  report('Idempotency', 'the mail of before is answered as it was, and not sent again');

  const redis = await createClient({ url: described.redis.url }).connect();
  const revocation = await redis.hGet(revocationKeys.active, `client:${before.revokedAgent}`);
  redis.destroy();
  assert.ok(revocation, 'what was revoked after the backup of Redis is not revoked any more');
  report('Revocations', 'one that is younger than the backup of Redis holds');

  const statuses: number[] = [];
  for (let number = 0; number < quota; number += 1) statuses.push((await search(described)).status);
  const left = statuses.filter((status) => status === 200).length;
  assert.ok(left > 0 && left < quota, `calls answered: ${statuses.join(', ')}`);
  report(
    'Quotas',
    `${quota - left} of ${quota} were counted before Redis was copied, ${left} were left; the call between the backups is not counted`,
  );

  const wasRevoked = `/v1/audit?action=agent.tokens.revoke&limit=5`;
  await untilSucceeds(async () => {
    const { items } = (await get('/v1/audit?tool=serpapi&limit=100')) as { items: unknown[] };
    return items.length === searches;
  }, 30_000);
  const changes = (await get(wasRevoked)) as { items: unknown[] };
  assert.equal(changes.items.length, 1);
  report('Audit trail', 'every call and every change is there, the ones between the backups too, each once');
  await edge.close();
}

function report(what: string, result: string): void {
  console.log(`- **${what}**: ${result}.`);
}
