import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAccessTokenVerifier } from '@4runr/service-kit/access-token';
import type { ProblemError } from '@4runr/service-kit/errors';
import { createMetrics } from '@4runr/service-kit/telemetry';
import { generateKeyPair, SignJWT } from 'jose';
import { received } from '../../test/fixtures/calls.ts';
import { createProxyMetrics } from '../metrics.ts';
import { authenticate } from './authenticate.ts';

const issuer = 'https://gateway.test';
const now = Math.floor(Date.now() / 1_000);
const ours = await generateKeyPair('RS256');
const theirs = await generateKeyPair('RS256');

async function bearer(change: object = {}, key = ours.privateKey): Promise<string> {
  const claims = {
    client_id: 'cl_1',
    scope: 'web:fetch mail:*',
    role: 'scraper',
    epoch: 0,
    jti: 't',
    ...change,
  };
  const token = new SignJWT({ iss: issuer, aud: issuer, sub: 'agt_1', iat: now, exp: now + 60, ...claims });
  return `Bearer ${await token.setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' }).sign(key)}`;
}

function setUp() {
  const events: string[] = [];
  const registry = createMetrics({ service: 'test', version: '0' });
  const step = authenticate({
    kit: { reportSecurityEvent: (event) => void events.push(event) },
    verifier: createAccessTokenVerifier({ issuer, getKey: async () => ours.publicKey }),
    metrics: createProxyMetrics(registry),
  });
  return { events, step, exposition: () => registry.expose() };
}

describe('authenticate', () => {
  it('gives the agent that the token names, with the scopes that it carries', async () => {
    const { step } = setUp();
    const { agent, observed } = await step(received({ authorization: await bearer() }));
    assert.deepEqual(agent, {
      id: 'agt_1',
      clientId: 'cl_1',
      role: 'scraper',
      scopes: ['web:fetch', 'mail:*'],
      tokenIssuedAt: now,
      tokenExpiresAt: now + 60,
    });
    assert.equal(observed.agent, agent);
    assert.ok((observed.timings.auth ?? -1) >= 0);
  });

  const refusals: Readonly<
    Record<string, [authorization: string | Promise<string> | undefined, code: string, event: string]>
  > = {
    'no token is missing': [undefined, 'token.missing', 'authentication_failure'],
    'another scheme is invalid': ['Basic YTpi', 'token.invalid', 'authentication_failure'],
    'garbage is invalid': ['Bearer a.b.c', 'token.invalid', 'authentication_failure'],
    'a token of another issuer is invalid': [
      bearer({ iss: 'https://other.test' }),
      'token.invalid',
      'authentication_failure',
    ],
    'an ended token is expired': [
      bearer({ iat: now - 900, exp: now - 60 }),
      'token.expired',
      'authentication_failure',
    ],
    'a token that another key has signed was tampered with': [
      bearer({}, theirs.privateKey),
      'token.invalid',
      'token_tampering',
    ],
  };
  for (const [guarantee, [authorization, code, event]] of Object.entries(refusals)) {
    it(`${guarantee}: counted, reported as ${event}, and nobody is let in`, async () => {
      const { step, events, exposition } = setUp();
      const call = received({ authorization: await authorization });
      await assert.rejects(
        async () => step(call),
        (error: ProblemError) => error.code === code && error.headers['WWW-Authenticate'] !== undefined,
      );
      assert.deepEqual(events, [event]);
      assert.equal(call.observed.agent, undefined);
      const result = code.replace('token.', '');
      assert.match(
        await exposition(),
        new RegExp(`gateway_token_validations_total\\{result="${result}",service="test"\\} 1`),
      );
    });
  }
});
