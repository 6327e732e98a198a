import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type Jwks, jwksSchema } from '@4runr/contracts/token';
import { createTestDatabase, type TestDatabase } from '@4runr/service-kit/testing';
import {
  issuer,
  obtainToken,
  operatorClientId,
  postToken,
  settingsFor,
  startWith,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, tokenForm } from '../fixtures/client-key.ts';
import { queryDatabase } from '../fixtures/database.ts';
import { startWatched } from '../fixtures/watched-service.ts';

let database: TestDatabase;
let operatorKey: ClientKey;
before(async () => {
  database = await createTestDatabase();
  operatorKey = await generateClientKey('ES256');
});
after(() => database.drop());

async function publishedKeys(url: string): Promise<Jwks> {
  return jwksSchema.parse(await (await fetch(`${url}/.well-known/jwks.json`)).json());
}

describe('the first start', { concurrency: false }, () => {
  let firstKeys: Jwks;

  it('of four replicas at once makes one active signing key, one to come, and one operator', async () => {
    const settings = settingsFor(database.url, operatorKey);
    const replicas = await Promise.all(Array.from({ length: 4 }, () => startWith(settings)));
    const keys = await Promise.all(replicas.map(({ url }) => publishedKeys(url)));
    const subjects = await Promise.all(
      replicas.map(async ({ url }) =>
        subjectOf(await obtainToken(url, { id: operatorClientId, key: operatorKey })),
      ),
    );
    await Promise.all(replicas.map((replica) => replica.stop()));
    firstKeys = keys[0] ?? { keys: [] };
    assert.equal(firstKeys.keys.length, 2);
    assert.equal(new Set(keys.map((jwks) => JSON.stringify(jwks))).size, 1);
    assert.equal(new Set(subjects).size, 1);
  });

  it('is not repeated: a restart keeps the signing key and the operator', async () => {
    const replica = await startWith(settingsFor(database.url, operatorKey));
    assert.deepEqual(await publishedKeys(replica.url), firstKeys);
    await obtainToken(replica.url, { id: operatorClientId, key: operatorKey });
    await replica.stop();
  });

  it('is the only one at which the settings make an operator', async () => {
    const usurperKey = await generateClientKey('ES256');
    const replica = await startWith({
      ...settingsFor(database.url, usurperKey),
      OPERATOR_CLIENT_ID: 'usurper',
    });
    for (const clientId of ['usurper', operatorClientId]) {
      const form = tokenForm(await usurperKey.assert(clientId, issuer));
      assert.equal((await postToken(replica.url, form)).status, 401, clientId);
    }
    await replica.stop();
  });

  it('enrols who applies policy files, for policies alone; suspended, it stays so', async () => {
    const key = await generateClientKey('ES256');
    const settings = {
      ...settingsFor(database.url, operatorKey),
      POLICY_FILES_JWKS: JSON.stringify({ keys: [key.publicJwk] }),
    };
    const first = await startWith(settings);
    const { scope } = await obtainToken(first.url, { id: 'policy-files', key });
    assert.equal(scope, 'policies:read policies:write');
    await first.stop();
    await queryDatabase(
      database.url,
      `update auth.clients set status = 'suspended' where client_id = 'policy-files'`,
    );
    const second = await startWith(settings);
    const refused = await postToken(second.url, tokenForm(await key.assert('policy-files', issuer)));
    assert.equal(refused.status, 401);
    await second.stop();
  });

  it('makes the first operator though there is already who applies policy files', async () => {
    const other = await createTestDatabase();
    const key = await generateClientKey('ES256');
    const settings = {
      ...settingsFor(other.url, operatorKey),
      POLICY_FILES_JWKS: JSON.stringify({ keys: [key.publicJwk] }),
    };
    const nobody = { OPERATOR_CLIENT_ID: '', OPERATOR_JWKS: '{"keys":[]}' };
    await (await startWith({ ...settings, ...nobody })).stop();
    const replica = await startWith(settings);
    await obtainToken(replica.url, { id: operatorClientId, key: operatorKey });
    await replica.stop();
    await other.drop();
  });

  it('does not make a second key when the KEK is wrong: it refuses to start', async () => {
    const settings = {
      ...settingsFor(database.url, operatorKey),
      KEK_BASE64: Buffer.alloc(32, 7).toString('base64'),
    };
    await assert.rejects(startWith(settings), { name: 'UnsealError', message: /KEK_BASE64 is not the key/ });
  });

  it('takes no private key of an operator', async () => {
    const settings = {
      ...settingsFor(database.url, operatorKey),
      OPERATOR_JWKS: JSON.stringify({ keys: [{ ...operatorKey.publicJwk, d: 'c2VjcmV0' }] }),
    };
    await assert.rejects(startWith(settings), {
      name: 'ConfigError',
      message: /OPERATOR_JWKS \/keys\/0\/d is a private/,
    });
  });
});

describe('a start with secrets that everybody knows', () => {
  const warnings = async (change: Readonly<Record<string, string>>) => {
    const watched = await startWatched({ ...settingsFor(database.url, operatorKey), ...change });
    await watched.stop();
    return watched
      .written()
      .split('\n')
      .filter((line) => line.includes('secrets that everybody knows'))
      .map((line) => JSON.parse(line).settings);
  };

  it('says so once in development, by the names of their variables', async () => {
    assert.deepEqual(await warnings({ NODE_ENV: 'development' }), [['DPOP_NONCE_SECRET', 'KEK_BASE64']]);
  });

  it('says nothing where there are none', async () => {
    const [KEK_BASE64, DPOP_NONCE_SECRET] = [1, 2].map(() => randomBytes(32).toString('base64'));
    const other = await createTestDatabase();
    const own = {
      DATABASE_URL: other.url,
      KEK_BASE64: KEK_BASE64 ?? '',
      DPOP_NONCE_SECRET: DPOP_NONCE_SECRET ?? '',
    };
    assert.deepEqual(await warnings({ NODE_ENV: 'development', ...own }), []);
    await other.drop();
  });
});

function subjectOf({ access_token }: { access_token: string }): unknown {
  return JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString('utf8')).sub;
}
