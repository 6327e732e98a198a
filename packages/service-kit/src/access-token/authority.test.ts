import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { dpopAlgorithms } from '@4runr/contracts/token';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { ProblemError } from '../errors/index.ts';
import type { Revocations } from '../revocation/index.ts';
import { createMetrics } from '../telemetry/index.ts';
import { issuerKeysOf } from '../testing/issuer-keys.ts';
import { createAccessTokenAuthority } from './authority.ts';
import type { PresentedToken } from './presented-token.ts';

const issuer = 'https://gateway.test';
const now = Math.floor(Date.now() / 1_000);
const ours = await generateKeyPair('RS256', { extractable: true });
const theirs = await generateKeyPair('RS256');

async function bearer(change: object = {}, key = ours.privateKey): Promise<string> {
  const claims = { client_id: 'cl_1', scope: 'web:*', role: 'scraper', epoch: 0, jti: 'tok_1', ...change };
  const token = new SignJWT({ iss: issuer, aud: issuer, sub: 'agt_1', iat: now, exp: now + 60, ...claims });
  return `Bearer ${await token.setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' }).sign(key)}`;
}

/** The claims of a right token under another algorithm, with a signature of the caller's making. */
async function forge(alg: string, sign: (input: string) => string): Promise<string> {
  const [, payload] = (await bearer()).split('.');
  const header = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt' })).toString('base64url');
  return `Bearer ${header}.${payload}.${sign(`${header}.${payload}`)}`;
}

const presented = (authorization: string | undefined): PresentedToken => ({
  authorization,
  dpop: [],
  method: 'GET',
  path: '/v1/tools',
  offerNonce: () => {},
});

function setUp(revocations: Partial<Revocations> = {}) {
  const events: string[] = [];
  const metrics = createMetrics({ service: 'test', version: '0' });
  const authority = createAccessTokenAuthority(
    { metrics, reportSecurityEvent: (event) => void events.push(event) },
    {
      issuer,
      keys: issuerKeysOf(ours.publicKey),
      dpop: undefined,
      revocations: { isRevoked: () => false, assertFresh: () => {}, ...revocations },
    },
  );
  const counted = async (result: string): Promise<string | undefined> =>
    new RegExp(`gateway_token_validations_total\\{result="${result}",service="test"\\} (\\d+)`).exec(
      await metrics.expose(),
    )?.[1];
  return { authority, events, counted, expose: () => metrics.expose() };
}

const refusedAs = (code: string) => (error: ProblemError) => {
  assert.equal(error.code, code);
  return true;
};

describe('the authority over access tokens', () => {
  it('believes a token that its issuer signed, and counts it', async () => {
    const { authority, events, counted } = setUp();
    assert.equal((await authority.authenticate(presented(await bearer()))).sub, 'agt_1');
    assert.deepEqual([await counted('valid'), events], ['1', []]);
  });

  const refusals: readonly {
    what: string;
    authorization: Promise<string> | string | undefined;
    code: string;
    event: string;
  }[] = [
    {
      what: 'no token is missing',
      authorization: undefined,
      code: 'token.missing',
      event: 'authentication_failure',
    },
    {
      what: 'another scheme is invalid',
      authorization: 'Basic YTpi',
      code: 'token.invalid',
      event: 'authentication_failure',
    },
    {
      what: 'garbage is invalid',
      authorization: 'Bearer a.b.c',
      code: 'token.invalid',
      event: 'authentication_failure',
    },
    {
      what: 'a token of another issuer is invalid',
      authorization: bearer({ iss: 'https://other.test' }),
      code: 'token.invalid',
      event: 'authentication_failure',
    },
    {
      what: 'an ended token is expired',
      authorization: bearer({ iat: now - 900, exp: now - 60 }),
      code: 'token.expired',
      event: 'authentication_failure',
    },
    {
      what: 'a token that another key has signed was tampered with',
      authorization: bearer({}, theirs.privateKey),
      code: 'token.invalid',
      event: 'token_tampering',
    },
    {
      what: 'a token with alg none and without a signature was tampered with',
      authorization: forge('none', () => ''),
      code: 'token.invalid',
      event: 'token_tampering',
    },
    {
      what: 'a token with an HMAC by the public key was tampered with',
      authorization: exportSPKI(ours.publicKey).then((pem) =>
        forge('HS256', (input) => createHmac('sha256', pem).update(input).digest('base64url')),
      ),
      code: 'token.invalid',
      event: 'token_tampering',
    },
  ];
  for (const { what, authorization, code, event } of refusals) {
    it(`${what}: counted, reported as ${event}, answered with a challenge`, async () => {
      const { authority, events, counted } = setUp();
      await assert.rejects(
        authority.authenticate(presented(await authorization)),
        (error: ProblemError) => error.code === code && error.headers['WWW-Authenticate'] !== undefined,
      );
      assert.deepEqual([await counted(code.replace('token.', '')), events], ['1', [event]]);
    });
  }

  it('counts tokens that had expired', async () => {
    const { authority, expose } = setUp();
    const expired = presented(await bearer({ iat: now - 900, exp: now - 60 }));
    await assert.rejects(authority.authenticate(expired), refusedAs('token.expired'));
    assert.match(await expose(), /gateway_token_expirations_total\{service="test"\} 1/);
  });

  it('does not believe a revoked token, though it has verified it before', async () => {
    const revoked = new Set<string>();
    const { authority, events, counted } = setUp({ isRevoked: ({ jti }) => revoked.has(jti) });
    const request = presented(await bearer());
    await authority.authenticate(request);
    revoked.add('tok_1');
    await assert.rejects(authority.authenticate(request), (error: ProblemError) => {
      assert.deepEqual(
        [error.code, error.status, error.headers['WWW-Authenticate']],
        [
          'token.revoked',
          401,
          'Bearer realm="4runr", error="invalid_token", error_description="The token was revoked", ' +
            `DPoP realm="4runr", algs="${dpopAlgorithms.join(' ')}"`,
        ],
      );
      return true;
    });
    assert.deepEqual([await counted('revoked'), events], ['1', ['authentication_failure']]);
  });

  it('believes nobody while it cannot be known who is revoked, and suspects nobody for it', async () => {
    const unavailable = new ProblemError('service.unavailable');
    const { authority, events } = setUp({
      isRevoked: () => {
        throw unavailable;
      },
    });
    await assert.rejects(authority.authenticate(presented(await bearer())), refusedAs('service.unavailable'));
    assert.deepEqual(events, []);
  });

  it('tells a token for forged, whatever is known of revocations', async () => {
    const { authority } = setUp({ isRevoked: () => assert.fail('asked for a token that is not ours') });
    const forged = presented(await bearer({}, theirs.privateKey));
    await assert.rejects(authority.authenticate(forged), refusedAs('token.invalid'));
  });
});
