import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createTestDatabase, type TestDatabase } from '@4runr/service-kit/testing';
import { decodeProtectedHeader } from 'jose';
import { sql } from 'kysely';
import type { AuthDatabase } from '../../src/store/database-schema.ts';
import { readSigningKeys } from '../../src/store/signing-key-store.ts';
import {
  type AuthServiceUnderTest,
  operatorHeaders,
  settingsFor,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { eventually } from '../fixtures/eventually.ts';
import { openDatabase } from '../fixtures/open-database.ts';
import { runServiceCommand } from '../fixtures/service-command.ts';

const [older, newer] = [1, 2].map(() => randomBytes(32).toString('base64'));

let service: AuthServiceUnderTest;
let database: AuthDatabase;
let empty: TestDatabase;
let settings: Readonly<Record<string, string>>;
before(async () => {
  service = await startAuthService({ KEK_BASE64: older ?? '' });
  database = openDatabase(service.databaseUrl);
  empty = await createTestDatabase();
  settings = { ...settingsFor(service.databaseUrl, service.operatorKey), KEK_BASE64: older ?? '' };
});
after(async () => {
  await database.destroy();
  await service.stop();
  await empty.drop();
});

const run = (args: readonly string[], change: Readonly<Record<string, string>> = {}) =>
  runServiceCommand('keys', args, { ...settings, ...change });

/** An operator's headers, once the service signs with a key. */
const untilSignedBy = (kid: string) =>
  eventually(async () => {
    const headers = await operatorHeaders(service);
    assert.equal(decodeProtectedHeader(headers.authorization.slice('Bearer '.length)).kid, kid);
    return headers;
  });

describe('the command over keys', { concurrency: false }, () => {
  it('lists the keys by state, when they change, and which KEK protects them', async () => {
    const { active, next } = await readSigningKeys(database);
    const { code, stdout } = await run(['list']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^active   ${active.kid} .* signs; replaced by schedule at 20`, 'm'));
    assert.match(stdout, new RegExp(`^next     ${next.kid} .* may sign from 20`, 'm'));
    assert.match(stdout, /^signing_keys: 2 under the current KEK \([\w-]{16}\), 0 under another$/m);
  });

  it('does not rotate to a key that verifiers may not know: it says from when on it would, and fails', async () => {
    const { active } = await readSigningKeys(database);
    const { code, stdout } = await run(['rotate']);
    assert.equal(code, 1);
    assert.match(stdout, /^Not rotated: .* may sign from 20.*--force/);
    assert.equal((await readSigningKeys(database)).active.kid, active.kid);
  });

  it('rotates by force, and leaves a record of the account that did', async () => {
    await sql`update auth.signing_keys set created_at = created_at - interval '5 seconds'`.execute(database);
    const { next } = await readSigningKeys(database);
    const { code, stdout } = await run(['rotate', '--force']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Rotated: every replica signs with ${next.kid}`));
    const change = await database
      .selectFrom('operator_changes')
      .select(['operator', 'target_id'])
      .where('action', '=', 'signing_key.rotate')
      .executeTakeFirstOrThrow();
    assert.equal(change.target_id, next.kid);
    assert.match(change.operator, /^cli:./);
  });

  it('withdraws no key that signs or will, and none that there is not', async () => {
    const { active, next } = await readSigningKeys(database);
    for (const kid of [active.kid, next.kid]) {
      const { code, stdout } = await run(['withdraw', kid]);
      assert.equal(code, 1);
      assert.match(stdout, /^Not withdrawn: .* key\. Only a retired one/);
    }
    assert.match((await run(['withdraw', 'k1'])).stdout, /^Not withdrawn: there is no key k1/);
    assert.equal((await readSigningKeys(database)).active.kid, active.kid);
  });

  it('withdraws a retired key: tokens of it that were believed before are refused, and a record is left', async () => {
    const { active } = await readSigningKeys(database);
    const { authorization } = await untilSignedBy(active.kid);
    const list = async () => (await fetch(`${service.url}/v1/agents`, { headers: { authorization } })).status;
    assert.equal(await list(), 200);
    await sql`update auth.signing_keys set created_at = created_at - interval '5 seconds'`.execute(database);
    assert.equal((await run(['rotate', '--force'])).code, 0);
    const { code, stdout } = await run(['withdraw', active.kid]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Withdrawn: .* ${active.kid}`));
    await eventually(async () => assert.equal(await list(), 401));
    const change = await database
      .selectFrom('operator_changes')
      .select(['operator', 'target_id', 'after'])
      .where('action', '=', 'signing_key.withdraw')
      .executeTakeFirstOrThrow();
    assert.deepEqual([change.target_id, change.after], [active.kid, null]);
    assert.match(change.operator, /^cli:./);
  });

  it('seals anew under a new KEK, and says while another is still needed', async () => {
    const swapped = { KEK_BASE64: newer ?? '', KEK_ACCEPTED_BASE64: older ?? '' };
    assert.match(
      (await run(['list'], swapped)).stdout,
      /^signing_keys: .*, 2 under another$[\s\S]*^The other KEK is still needed/m,
    );
    const { code, stdout } = await run(['reseal'], swapped);
    assert.equal(code, 0);
    assert.match(stdout, /^Encrypted anew: [1-9]/);
    assert.match(stdout, /signing_keys: 2 under the current KEK \(\S+\), 0 under another\n/);
    const alone = await run(['reseal'], { KEK_BASE64: newer ?? '' });
    assert.match(alone.stdout, /^Encrypted anew: 0/);
    const changes = await database
      .selectFrom('operator_changes')
      .select(['operator', 'target_type', 'after'])
      .where('action', '=', 'kek.reseal')
      .execute();
    const [change, ...others] = changes;
    assert.deepEqual(
      [change?.target_type, others],
      ['kek', []],
      'one record for what was done, none for nothing',
    );
    assert.match(String(change?.operator), /^cli:./);
    assert.match(JSON.stringify(change?.after), /"resealed":[1-9]/);
  });

  const failures: [what: string, args: string[], change: () => Record<string, string>, message: RegExp][] = [
    ['a KEK that does not fit', ['reseal'], () => ({}), /^signing-key:.*KEK_BASE64 is not the key/],
    ['settings that are missing', ['list'], () => ({ DATABASE_URL: '' }), /DATABASE_URL is required/],
    [
      'a database that is away',
      ['list'],
      () => ({ DATABASE_URL: 'postgres://localhost:1/x' }),
      /^Postgres \(DATABASE_URL\) cannot be reached: .*ECONNREFUSED/,
    ],
    [
      'a database that was never prepared',
      ['list'],
      () => ({ DATABASE_URL: empty.url }),
      /^The database has no signing keys .*: start auth-service/,
    ],
    ['a command that there is not', ['rotte'], () => ({}), /^There is no command rotte\.\n\nnpm run keys/],
  ];
  for (const [what, args, change, message] of failures)
    it(`explains ${what} in a sentence`, async () => {
      const { code, stdout, stderr } = await run(args, change());
      assert.equal(code, what.startsWith('a command') ? 2 : 1);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /);
      assert.equal(stdout, '');
    });
});
