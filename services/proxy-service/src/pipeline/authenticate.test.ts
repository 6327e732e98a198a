import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessTokenClaimsExample as claims } from '@4runr/contracts/token';
import { ProblemError } from '@4runr/service-kit/errors';
import { presentedOf, received } from '../../test/fixtures/calls.ts';
import { authenticate } from './authenticate.ts';

describe('authenticate', () => {
  it('gives the agent that the token names, with the scopes that it carries', async () => {
    const presented = presentedOf('Bearer t');
    const step = authenticate({
      authority: {
        authenticate: async (shown) => {
          assert.equal(shown, presented);
          return claims;
        },
      },
    });
    const { agent, observed } = await step(received({ presented }));
    assert.deepEqual(agent, {
      id: claims.sub,
      clientId: claims.client_id,
      role: claims.role,
      scopes: ['serpapi:search', 'http_fetch:*'],
      tokenIssuedAt: claims.iat,
      tokenExpiresAt: claims.exp,
    });
    assert.equal(observed.agent, agent);
    assert.ok((observed.timings.auth ?? -1) >= 0);
  });

  it('lets nobody in whose token is refused', async () => {
    const refusal = new ProblemError('token.revoked');
    const call = received();
    const step = authenticate({ authority: { authenticate: () => Promise.reject(refusal) } });
    await assert.rejects(async () => step(call), refusal);
    assert.equal(call.observed.agent, undefined);
  });
});
