import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type CryptoKey, errors, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createAccessTokenVerifier, createJwksSource } from '../../src/access-token/index.ts';
import type { ProblemError } from '../../src/errors/index.ts';
import { createLogger } from '../../src/telemetry/index.ts';

const issuer = 'https://gateway.test';
const logger = createLogger({ service: 'test', level: 'silent' });
let nowMs = Date.now();
const clock = () => nowMs;

let keys: { publicKey: CryptoKey; privateKey: CryptoKey };
let foreign: { publicKey: CryptoKey; privateKey: CryptoKey };
let published: JWK[];
let reads = 0;
let cacheControl: string | undefined;
let server: Server;
let url: string;

before(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  foreign = await generateKeyPair('RS256', { extractable: true });
  published = [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }];
  server = createServer((_request, response) => {
    reads += 1;
    if (cacheControl !== undefined) response.setHeader('cache-control', cacheControl);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
});
after(() => server.close());

const claims = { client_id: 'agt_1', scope: '*:*', role: 'scraper', epoch: 0, jti: 'tok_1' };

interface Change {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: CryptoKey;
}

function sign(change: Change = {}): Promise<string> {
  const now = Math.floor(nowMs / 1_000);
  const payload = {
    iss: issuer,
    aud: issuer,
    sub: 'agt_1',
    iat: now,
    exp: now + 900,
    ...claims,
    ...change.claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'k1', ...change.header })
    .sign(change.key ?? keys.privateKey);
}

const createVerifier = () => {
  const source = createJwksSource({ url, logger, clock });
  return { verifier: createAccessTokenVerifier({ issuer, keys: source, clock }), source };
};
const refusedAs = (code: string) => (error: ProblemError) => {
  assert.equal(error.code, code);
  return true;
};

async function hmacWithPublicKey(): Promise<string> {
  const [, payload] = (await sign()).split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })).toString(
    'base64url',
  );
  const mac = createHmac('sha256', await exportSPKI(keys.publicKey)).update(`${header}.${payload}`);
  return `${header}.${payload}.${mac.digest('base64url')}`;
}

async function withoutSignature(): Promise<string> {
  const [, payload] = (await sign()).split('.');
  return `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url')}.${payload}.`;
}

/** After whatever the loop has to do by now; a read that was not begun is not under way then. */
async function nextTurn<T>(value: T): Promise<T> {
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  return value;
}

const past = (seconds: number) => Math.floor(nowMs / 1_000) - seconds;

const attacks: [guarantee: string, make: () => Promise<string>, code: string][] = [
  ['alg none is not accepted', withoutSignature, 'token.invalid'],
  ['HS256 with the public key is not accepted', hmacWithPublicKey, 'token.invalid'],
  ['the key of another issuer is not accepted', () => sign({ key: foreign.privateKey }), 'token.invalid'],
  ['an unknown key id is not accepted', () => sign({ header: { kid: 'k2' } }), 'token.invalid'],
  ['another type of token is not accepted', () => sign({ header: { typ: 'JWT' } }), 'token.invalid'],
  ['another issuer is not accepted', () => sign({ claims: { iss: 'https://evil.test' } }), 'token.invalid'],
  ['another audience is not accepted', () => sign({ claims: { aud: 'https://evil.test' } }), 'token.invalid'],
  [
    'an ended token is refused as expired',
    () => sign({ claims: { exp: past(6), iat: past(906) } }),
    'token.expired',
  ],
  ['a token that has not begun is not accepted', () => sign({ claims: { nbf: past(-60) } }), 'token.invalid'],
  ['a token without role is not accepted', () => sign({ claims: { role: undefined } }), 'token.invalid'],
  ['garbage is not accepted', async () => 'garbage', 'token.invalid'],
];

describe('an access token', () => {
  it('is verified by the key that its issuer shows', async () => {
    assert.equal((await createVerifier().verifier.verify(await sign())).sub, 'agt_1');
  });

  it('is not accepted any more when it has ended, though it was verified before', async () => {
    const { verifier } = createVerifier();
    const token = await sign();
    await verifier.verify(token);
    nowMs += 906_000;
    await assert.rejects(verifier.verify(token), refusedAs('token.expired'));
  });

  it('is looked up for five minutes, then verified again, so that a withdrawn key has an end', async () => {
    let isWithdrawn = false;
    const getKey = async () => {
      if (isWithdrawn) throw new errors.JWKSNoMatchingKey();
      return keys.publicKey;
    };
    const keysOfIssuer = { getKey, isPublished: () => true };
    const verifier = createAccessTokenVerifier({ issuer, keys: keysOfIssuer, clock });
    const token = await sign();
    await verifier.verify(token);
    isWithdrawn = true;
    nowMs += 299_000;
    await verifier.verify(token);
    nowMs += 1_001;
    await assert.rejects(verifier.verify(token), refusedAs('token.invalid'));
  });

  it('is not accepted any more once its key is not published, though it was verified before', async () => {
    const withdrawn = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(withdrawn.publicKey)), kid: 'k7', alg: 'RS256', use: 'sig' };
    published = [...published, jwk];
    const { verifier, source } = createVerifier();
    const token = await sign({ header: { kid: 'k7' }, key: withdrawn.privateKey });
    await verifier.verify(token);
    published = published.filter(({ kid }) => kid !== 'k7');
    nowMs += 1_001;
    await verifier.verify(token);
    // Somebody's unknown key id makes the keys be read again.
    await assert.rejects(verifier.verify(await sign({ header: { kid: 'x' } })));
    await assert.rejects(verifier.verify(token), refusedAs('token.invalid'));
    source.close();
  });

  it('that names no key is verified at each use', async () => {
    let isWithdrawn = false;
    const getKey = async () => {
      if (isWithdrawn) throw new errors.JWKSNoMatchingKey();
      return keys.publicKey;
    };
    const verifier = createAccessTokenVerifier({ issuer, keys: { getKey, isPublished: () => true }, clock });
    const token = await sign({ header: { kid: undefined } });
    await verifier.verify(token);
    isWithdrawn = true;
    await assert.rejects(verifier.verify(token), refusedAs('token.invalid'));
  });

  for (const [guarantee, make, code] of attacks) {
    it(guarantee, async () => {
      await assert.rejects(createVerifier().verifier.verify(await make()), refusedAs(code));
    });
  }
});

describe('the keys of an issuer', () => {
  it('are read again for a new key id, so that a rotation refuses nobody', async () => {
    const { verifier } = createVerifier();
    await verifier.verify(await sign());
    const rotated = await generateKeyPair('RS256', { extractable: true });
    published = [
      ...published,
      { ...(await exportJWK(rotated.publicKey)), kid: 'k9', alg: 'RS256', use: 'sig' },
    ];
    nowMs += 5_001;
    const token = await sign({ header: { kid: 'k9' }, key: rotated.privateKey });
    assert.equal((await verifier.verify(token)).sub, 'agt_1');
  });

  it('are read once for many unknown key ids at a time', async () => {
    const { verifier } = createVerifier();
    await verifier.verify(await sign());
    const before = reads;
    nowMs += 5_001;
    const strangers = Array.from({ length: 50 }, async (_, index) =>
      verifier.verify(await sign({ header: { kid: `x${index}` } })),
    );
    await Promise.allSettled(strangers);
    assert.equal(reads - before, 1);
  });

  it('refuse nobody whose key id comes with a read that is under way', async () => {
    const { verifier } = createVerifier();
    await verifier.verify(await sign());
    const rotated = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(rotated.publicKey)), kid: 'k10', alg: 'RS256', use: 'sig' };
    published = [...published, jwk];
    nowMs += 5_001;
    const token = await sign({ header: { kid: 'k10' }, key: rotated.privateKey });
    const answers = await Promise.all([1, 2, 3].map(() => verifier.verify(token)));
    assert.equal(answers.length, 3);
  });

  it('are known in time, whoever floods the verifier with unknown key ids', async () => {
    const { verifier } = createVerifier();
    await verifier.verify(await sign());
    const flood = async () => verifier.verify(await sign({ header: { kid: 'x' } })).catch(() => undefined);
    const rotated = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(rotated.publicKey)), kid: 'k11', alg: 'RS256', use: 'sig' };
    published = [...published, jwk];
    const before = reads;
    for (let elapsedMs = 0; elapsedMs < 1_000; elapsedMs += 100) {
      nowMs += 100;
      await flood();
    }
    const token = await sign({ header: { kid: 'k11' }, key: rotated.privateKey });
    assert.equal((await verifier.verify(token)).sub, 'agt_1');
    assert.equal(reads - before, 1);
  });

  const ages: [guarantee: string, cacheControl: string | undefined, ms: number][] = [
    ['every five minutes', undefined, 300_000],
    ['sooner where the issuer says so', 'public, max-age=20', 20_000],
    ['not later where the issuer would allow it', 'public, max-age=86400', 300_000],
    ['not without a pause where the issuer wants none kept', 'max-age=0', 1_000],
  ];
  for (const [guarantee, header, ms] of ages) {
    it(`are read anew without a token that asks for it: ${guarantee}`, async (test) => {
      test.mock.timers.enable({ apis: ['setTimeout'] });
      cacheControl = header;
      const { source } = createVerifier();
      await source.assertLoaded();
      const nextRead = once(server, 'request').then(() => 'read');
      test.mock.timers.tick(ms - 1);
      assert.equal(await Promise.race([nextRead, nextTurn('not yet')]), 'not yet');
      test.mock.timers.tick(1);
      assert.equal(await nextRead, 'read');
      cacheControl = undefined;
      source.close();
    });
  }

  it('are read no more once they are closed', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const { source } = createVerifier();
    await source.assertLoaded();
    const before = reads;
    source.close();
    test.mock.timers.tick(600_000);
    await nextTurn('');
    assert.equal(reads, before);
  });

  it('are kept while the issuer is silent', async () => {
    const { verifier, source } = createVerifier();
    await source.assertLoaded();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    nowMs += 600_000;
    assert.equal((await verifier.verify(await sign())).sub, 'agt_1');
    // Whether such a key is the issuer's cannot be told: the token may be valid.
    await assert.rejects(
      verifier.verify(await sign({ header: { kid: 'x1' } })),
      refusedAs('service.unavailable'),
    );
    await assert.rejects(createVerifier().verifier.verify(await sign()), refusedAs('service.unavailable'));
  });
});
