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
      act: null,
      tokenIssuedAt: claims.iat,
      tokenExpiresAt: claims.exp,
    });
    assert.equal(observed.agent, agent);
    assert.ok((observed.timings.auth ?? -1) >= 0);
  });

  it('tells of everybody who acts for the agent, the present one first', async () => {
    const first = { sub: 'agt_first', client_id: 'cl_first', role: 'reader', epoch: 1 };
    const act = { sub: 'agt_second', client_id: 'cl_second', role: 'writer', epoch: 2, act: first };
    const step = authenticate({ authority: { authenticate: async () => ({ ...claims, act }) } });
    const { agent } = await step(received());
    assert.deepEqual(agent.act, {
      id: 'agt_second',
      role: 'writer',
      act: { id: 'agt_first', role: 'reader' },
    });
  });

  it('lets nobody in whose token is refused', async () => {
    const refusal = new ProblemError('token.revoked');
    const call = received();
    const step = authenticate({ authority: { authenticate: () => Promise.reject(refusal) } });
    await assert.rejects(async () => step(call), refusal);
    assert.equal(call.observed.agent, undefined);
  });
});
