import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Jwks, jwksSchema } from '@4runr/contracts/token';
import { createAccessTokenVerifier, createJwksSource } from '@4runr/service-kit/access-token';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createSeverableLink, type SeverableLink } from '@4runr/service-kit/testing';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { sql } from 'kysely';
import { readConfig } from '../../src/config.ts';
import type { AuthDatabase } from '../../src/store/database-schema.ts';
import { createKeySealer } from '../../src/store/key-sealer.ts';
import {
  keepSigningKeys,
  type RotationOutcome,
  type RotationParts,
  rotateSigningKeys,
} from '../../src/store/rotate-signing-keys.ts';
import { readSigningKeys } from '../../src/store/signing-key-store.ts';
import {
  type AuthServiceUnderTest,
  issuer,
  obtainToken,
  operatorClientId,
  settingsFor,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { openDatabase } from '../fixtures/open-database.ts';

const minute = 60_000;
const day = 86_400_000;

let service: AuthServiceUnderTest;
let second: RunningService;
let link: SeverableLink;
let database: AuthDatabase;
let parts: RotationParts;

before(async () => {
  service = await startAuthService();
  link = await createSeverableLink(service.databaseUrl);
  second = await service.startReplica({ DATABASE_URL: link.url });
  database = openDatabase(service.databaseUrl);
  const { kek } = readConfig(settingsFor(service.databaseUrl, service.operatorKey));
  const rules = { publishMs: 10 * minute, rotationMs: 30 * day };
  parts = { database, sealer: createKeySealer(kek), rules };
});
after(async () => {
  await database.destroy();
  await service.stop();
  await link.close();
});
/** How far time has been moved on, in milliseconds: for the keys, and for verifiers' memory of them. */
let agedMs = 0;

/** As if every key had been made, and had begun to sign or retired, so much earlier. */
async function age(ms: number): Promise<void> {
  const by = sql`make_interval(secs => ${ms / 1_000})`;
  await sql`
    update auth.signing_keys set created_at = created_at - ${by},
      activated_at = activated_at - ${by}, retired_at = retired_at - ${by}
  `.execute(database);
  agedMs += ms;
}
const rotate = (isForced = false) =>
  rotateSigningKeys(parts, { origin: { operator: 'ops', traceId: null }, isForced });
const states = () => readSigningKeys(database);

async function publishedKeys(url: string): Promise<Jwks> {
  return jwksSchema.parse(await (await fetch(`${url}/.well-known/jwks.json`)).json());
}

async function publishedKids(url: string): Promise<string[]> {
  return (await publishedKeys(url)).keys.map(({ kid }) => kid);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, `not within 10 s: ${what}`);
    await delay(20);
  }
}

const tokenOf = async (url: string) =>
  (await obtainToken(url, { id: operatorClientId, key: service.operatorKey })).access_token;
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const signsWith = (url: string, kid: string) =>
  until(`${url} signs with ${kid}`, async () => kidOf(await tokenOf(url)) === kid);

function verifierOf(url: string) {
  const source = createJwksSource({
    url: `${url}/.well-known/jwks.json`,
    logger: second.kit.logger,
    clock: () => Date.now() + agedMs,
  });
  const { verify } = createAccessTokenVerifier({ issuer, keys: source });
  return { verify, close: source.close };
}

describe('a rotation of the signing key', { concurrency: false }, () => {
  // What the test before has done has reached every replica, as it has in reality when a key may sign.
  beforeEach(async () => {
    await age(11 * minute);
    const { active, next } = await states();
    for (const url of [service.url, second.url])
      await until('it is known', async () => {
        const [first, then] = await publishedKids(url);
        return first === active.kid && then === next.kid;
      });
  });

  it('promotes the key that was published before it, and publishes the one after it', async () => {
    const { active, next } = await states();
    const outcome = await rotate();
    assert.equal(outcome.kind, 'rotated');
    const now = await states();
    assert.equal(now.active.kid, next.kid);
    assert.equal(now.retired[0]?.kid, active.kid);
    assert.equal(now.retired[0]?.sealed, null, 'the private half is gone');
    assert.notEqual(now.next.kid, next.kid);
  });

  it('refuses no token, whichever replica issued it and whenever a verifier has read the keys', async () => {
    const urls = [service.url, second.url];
    const tokens: string[] = [];
    const verifiers = [];
    for (let round = 0; round < 3; round += 1) {
      for (const url of urls) {
        const verifier = verifierOf(url);
        const token = await tokenOf(url);
        await verifier.verify(token);
        tokens.push(token);
        verifiers.push(verifier);
      }
      const outcome = await rotate();
      assert.ok(outcome.kind === 'rotated');
      // Issued while the replicas learn of the rotation one after the other: some by the old key, some by the new.
      for (const url of urls) tokens.push(await tokenOf(url));
      await Promise.all(urls.map((url) => signsWith(url, outcome.active)));
      for (const url of urls) tokens.push(await tokenOf(url));
      await age(11 * minute);
    }
    verifiers.push(...urls.map(verifierOf));
    assert.equal(new Set(tokens.map(kidOf)).size, 4);
    for (const { verify, close } of verifiers) {
      await Promise.all(tokens.map((token) => verify(token)));
      close();
    }
  });

  it('leaves a record of who has rotated which keys, and none when it does not happen', async () => {
    const before = await states();
    await rotate();
    await rotate();
    const { active, next } = await states();
    const changes = await database.selectFrom('operator_changes').selectAll().orderBy('at', 'desc').execute();
    const [last, earlier] = changes.filter(({ action }) => action === 'signing_key.rotate');
    assert.notEqual(earlier?.target_id, active.kid);
    assert.deepEqual(
      { operator: last?.operator, type: last?.target_type, id: last?.target_id },
      { operator: 'ops', type: 'signing_key', id: active.kid },
    );
    assert.deepEqual(last?.before, { active: before.active.kid, next: active.kid });
    assert.deepEqual(last?.after, { active: active.kid, next: next.kid, retired: before.active.kid });
  });

  it('signs with a key that whoever has read the keys before it already knows', async () => {
    const known = createLocalJWKSet(await publishedKeys(second.url));
    const outcome = await rotate();
    assert.ok(outcome.kind === 'rotated');
    await signsWith(second.url, outcome.active);
    await jwtVerify(await tokenOf(second.url), known);
  });

  it('waits until the next key has been published for long enough, and says until when', async () => {
    await rotate();
    const { active, next } = await states();
    const outcome = await rotate();
    assert.deepEqual(outcome, {
      kind: 'too_early',
      next: next.kid,
      promotableAt: new Date(next.createdAt.getTime() + 600_000),
    });
    assert.equal((await states()).active.kid, active.kid);
  });

  it('that is forced waits five seconds alone', async () => {
    await rotate();
    assert.equal((await rotate(true)).kind, 'too_early');
    await age(5_000);
    assert.equal((await rotate(true)).kind, 'rotated');
  });

  for (const isForced of [false, true]) {
    it(`happens once when many ask for it at a time${isForced ? ', even by force' : ''}`, async () => {
      const { next } = await states();
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => rotate(isForced)));
      const kinds = outcomes.map(({ kind }: RotationOutcome) => kind);
      assert.equal(kinds.filter((kind) => kind === 'rotated').length, 1, kinds.join());
      assert.equal((await states()).active.kid, next.kid);
    });
  }

  it('by schedule happens when it is due, once for all replicas', async () => {
    const { next } = await states();
    assert.equal((await keepSigningKeys(parts)).rotation, undefined);
    await age(30 * day);
    await Promise.all([keepSigningKeys(parts), keepSigningKeys(parts), keepSigningKeys(parts)]);
    assert.equal((await states()).active.kid, next.kid);
    await Promise.all([service.url, second.url].map((url) => signsWith(url, next.kid)));
  });

  it('leaves a retired key published until its last token has expired, and not longer', async () => {
    const { active } = await states();
    await rotate();
    await age(61 * minute);
    await keepSigningKeys(parts);
    await until('it is published', async () => (await publishedKids(second.url)).includes(active.kid));
    await age(minute);
    assert.ok((await keepSigningKeys(parts)).deleted.includes(active.kid));
    for (const url of [service.url, second.url])
      await until('it is gone', async () => !(await publishedKids(url)).includes(active.kid));
  });

  it('reaches a replica that had no database meanwhile; until then it goes on with the keys it has', async () => {
    const before = await publishedKids(second.url);
    await link.sever();
    const outcome = await rotate();
    assert.ok(outcome.kind === 'rotated');
    await signsWith(service.url, outcome.active);
    assert.deepEqual(await publishedKids(second.url), before);
    const verifier = verifierOf(second.url);
    await verifier.verify(await tokenOf(service.url));
    verifier.close();
    await link.mend();
    await signsWith(second.url, outcome.active);
    assert.ok((await publishedKids(second.url)).includes(outcome.next));
  });
});

describe('the published keys', () => {
  it('may be kept for half of what a key is published before it signs, and at most five minutes', async () => {
    for (const [seconds, expected] of [
      ['600', 300],
      ['86400', 300],
      ['20', 10],
    ] as const) {
      const replica = await service.startReplica({ SIGNING_KEY_PUBLISH_SECONDS: seconds });
      const { headers } = await fetch(`${replica.url}/.well-known/jwks.json`);
      assert.equal(headers.get('cache-control'), `public, max-age=${expected}`);
    }
  });
});
