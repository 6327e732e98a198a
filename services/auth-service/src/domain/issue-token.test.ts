import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessTokenClaimsExample } from '@4runr/contracts/token';
import type { Client } from './client.ts';
import { issueToken } from './issue-token.ts';

const client: Client = {
  id: 'agt_3m4h8w6x5z7yd01k3v9q',
  kind: 'agent',
  clientId: 'cl_actor',
  role: 'enricher',
  status: 'active',
  authMethod: 'private_key_jwt',
  epoch: 0,
  keys: [],
  secrets: [],
  tokenTtlSeconds: 900,
  operatorScopes: [],
};
const subject = accessTokenClaimsExample;

/** Exchanges a token that ends so many seconds from now. */
const exchangeWith = (secondsLeft: number) =>
  issueToken(
    {
      issuer: subject.iss,
      clock: () => (subject.exp - secondsLeft) * 1_000 + 999,
      dpop: { redeem: async () => {} },
      readLiveToken: async () => subject,
      signAccessToken: async () => 'a.b.c',
    },
    { client, scope: undefined, subjectToken: 'x.y.z', proof: undefined },
  );

describe('a token that is exchanged for one at its end', () => {
  it('still lives, and ends before it', async () => {
    const { response, claims } = await exchangeWith(2);
    assert.deepEqual([response.expires_in, claims.exp - claims.iat, subject.exp - claims.exp], [1, 1, 1]);
  });

  for (const secondsLeft of [1, 0, -10]) {
    it(`is not issued where it would have ended already: ${secondsLeft} s left`, async () => {
      await assert.rejects(exchangeWith(secondsLeft), { name: 'OAuthError', code: 'invalid_request' });
    });
  }
});
