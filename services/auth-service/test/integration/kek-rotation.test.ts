import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createTestDatabase, type TestDatabase } from '@4runr/service-kit/testing';
import { sql } from 'kysely';
import { systemOrigin } from '../../src/domain/operator-change.ts';
import type { AuthDatabase } from '../../src/store/database-schema.ts';
import { createKeySealer, type KeySealer } from '../../src/store/key-sealer.ts';
import { createCredentialStore } from '../../src/store/postgres-credential-store.ts';
import { countSealed, resealAll } from '../../src/store/reseal.ts';
import { rotateSigningKeys } from '../../src/store/rotate-signing-keys.ts';
import {
  issuer,
  operatorClientId,
  postToken,
  settingsFor,
  startWith,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, tokenForm } from '../fixtures/client-key.ts';
import { openDatabase } from '../fixtures/open-database.ts';

const [older, newer] = [randomBytes(32), randomBytes(32)];
const base64 = (key: Buffer) => key.toString('base64');
/** The configurations of the runbook, in its order. */
const stages = {
  before: { KEK_BASE64: base64(older) },
  accepting: { KEK_BASE64: base64(older), KEK_ACCEPTED_BASE64: base64(newer) },
  swapped: { KEK_BASE64: base64(newer), KEK_ACCEPTED_BASE64: base64(older) },
  after: { KEK_BASE64: base64(newer) },
};

let operatorKey: ClientKey;
let test: TestDatabase;
let database: AuthDatabase;
const running: RunningService[] = [];

beforeEach(async () => {
  await cleanUp();
  operatorKey = await generateClientKey('ES256');
  test = await createTestDatabase();
  database = openDatabase(test.url);
});
after(cleanUp);

async function cleanUp(): Promise<void> {
  await Promise.all(running.splice(0).map((replica) => replica.stop()));
  await database?.destroy();
  await test?.drop();
}

async function start(stage: Readonly<Record<string, string>>): Promise<RunningService> {
  const replica = await startWith({ ...settingsFor(test.url, operatorKey), ...stage });
  running.push(replica);
  return replica;
}

async function requestToken({ url }: { url: string }): Promise<Response> {
  return postToken(url, tokenForm(await operatorKey.assert(operatorClientId, issuer)));
}

/** What a replica is not ready for: soon after its start, that may be more than what a test is after. */
async function failingChecks({ url }: { url: string }): Promise<readonly string[]> {
  const { failing } = (await (await fetch(`${url}/readyz`)).json()) as { failing: string[] };
  return failing;
}

/** What happens between two steps of the runbook: a signing key is made, sealed and promoted by a replica of this stage. */
async function rotateSigningKey(sealer: KeySealer): Promise<string> {
  await sql`update auth.signing_keys set created_at = created_at - interval '11 minutes'`.execute(database);
  const rules = { publishMs: 600_000, rotationMs: undefined };
  const outcome = await rotateSigningKeys(
    { database, sealer, rules },
    { origin: systemOrigin, isForced: false },
  );
  assert.ok(outcome.kind === 'rotated');
  return outcome.active;
}

/** A credential as a replica stores it that has the older KEK. */
async function storeCredential(fields: Readonly<Record<string, string>>): Promise<void> {
  const store = createCredentialStore(database, createKeySealer(older));
  await store.put('openai', fields, { origin: systemOrigin, assertChangeable: () => {} });
}

async function signsWith(replica: RunningService, kid: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const response = await requestToken(replica);
    assert.equal(response.status, 200);
    const { access_token } = (await response.json()) as { access_token: string };
    const header = JSON.parse(Buffer.from(access_token.split('.')[0] ?? '', 'base64url').toString());
    if (header.kid === kid) return;
    assert.ok(performance.now() < deadline, `does not sign with ${kid} within 10 s`);
    await delay(20);
  }
}

describe('a change of the KEK', { concurrency: false }, () => {
  it('in the order of the runbook fails nowhere, whatever is sealed meanwhile', async () => {
    const order = [
      stages.before,
      stages.accepting,
      stages.accepting,
      stages.swapped,
      stages.swapped,
    ] as const;
    const sealers = {
      older: createKeySealer(older, [newer]),
      newer: createKeySealer(newer, [older]),
    };
    // Two replicas at a time: one of this stage, one of the stage before.
    let previous = await start(stages.before);
    for (const stage of order) {
      const current = await start(stage);
      const sealer = stage === stages.swapped ? sealers.newer : sealers.older;
      const kids = [await rotateSigningKey(sealer), await rotateSigningKey(sealer)];
      for (const replica of [previous, current]) await signsWith(replica, kids[1] ?? '');
      await previous.stop();
      previous = current;
    }
    await resealAll(database, sealers.newer, systemOrigin);
    await signsWith(await start(stages.after), await rotateSigningKey(createKeySealer(newer)));
  });

  it('seals everything anew once, also when it is asked for twice at a time', async () => {
    await start(stages.before);
    for (const apiKey of ['replaced', 'in use']) await storeCredential({ apiKey });
    const sealer = createKeySealer(newer, [older]);
    const before = await countSealed(database, sealer);
    assert.deepEqual(
      before.map(({ current, older }) => [current, older > 0]),
      before.map(() => [0, true]),
    );
    const counts = await Promise.all([
      resealAll(database, sealer, systemOrigin),
      resealAll(database, sealer, systemOrigin),
    ]);
    assert.equal(
      counts[0] + counts[1],
      before.reduce((sum, { older }) => sum + older, 0),
    );
    assert.deepEqual(
      await countSealed(database, sealer),
      before.map(({ table, older }) => ({ table, current: older, older: 0 })),
    );
    assert.equal(await resealAll(database, sealer, systemOrigin), 0);
    assert.equal((await requestToken(await start(stages.after))).status, 200);
    const credential = await createCredentialStore(database, createKeySealer(newer)).find('openai');
    assert.deepEqual(await credential?.open(), { apiKey: 'in use' });
  });

  it('without sealing anew refuses to start once the old KEK is gone, and names the settings', async () => {
    await start(stages.before);
    await assert.rejects(start(stages.after), {
      name: 'UnsealError',
      message: /KEK_BASE64 is not the key .* nor is any of KEK_ACCEPTED_BASE64/,
    });
  });

  it('that swaps before every replica accepts: one that does not is not ready, and recovers by the next step', async () => {
    const behind = await start(stages.before);
    const sealer = createKeySealer(newer, [older]);
    await rotateSigningKey(sealer);
    await rotateSigningKey(sealer);
    const deadline = performance.now() + 10_000;
    while (!(await failingChecks(behind)).includes('signing keys')) {
      assert.ok(performance.now() < deadline, 'its keys still pass after 10 s');
      await delay(20);
    }
    assert.equal((await fetch(`${behind.url}/readyz`)).status, 503);
    assert.equal((await requestToken(behind)).status, 503);
    assert.equal((await fetch(`${behind.url}/.well-known/jwks.json`)).status, 200);
    assert.equal((await requestToken(await start(stages.swapped))).status, 200);
  });

  it('that is sealed anew with a key missing says which secret and which settings', async () => {
    await start(stages.before);
    await assert.rejects(
      resealAll(database, createKeySealer(newer), systemOrigin),
      /signing-key:.*KEK_ACCEPTED_BASE64/,
    );
  });
});
