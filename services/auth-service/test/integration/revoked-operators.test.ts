import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { problemSchema } from '@4runr/contracts/problem';
import { revokeToken } from '@4runr/contracts/revocation';
import { accessTokenClaimsSchema } from '@4runr/contracts/token';
import { writeRevocation } from '@4runr/service-kit/testing';
import { decodeJwt } from 'jose';
import {
  type AuthServiceUnderTest,
  obtainToken,
  operatorClientId,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { eventually } from '../fixtures/eventually.ts';

let service: AuthServiceUnderTest;
before(async () => {
  service = await startAuthService();
});
after(() => service.stop());

async function operatorToken() {
  const { access_token } = await obtainToken(service.url, { id: operatorClientId, key: service.operatorKey });
  const claims = accessTokenClaimsSchema.parse(decodeJwt(access_token));
  return { claims, headers: { authorization: `Bearer ${access_token}` } };
}

describe('an operator’s token that is revoked', () => {
  it('administers nothing any more, at any replica, while another token of the operator does', async () => {
    const replica = await service.startReplica();
    const [revoked, other] = [await operatorToken(), await operatorToken()];
    const statusAt = async (url: string, { headers }: { headers: Record<string, string> }) =>
      (await fetch(`${url}/v1/agents`, { headers })).status;
    const urls = [service.url, replica.url];
    for (const url of urls) assert.equal(await statusAt(url, revoked), 200);
    await writeRevocation(service.redis.client, revokeToken(revoked.claims));
    for (const url of urls) {
      await eventually(async () => assert.equal(await statusAt(url, revoked), 401));
      const response = await fetch(`${url}/v1/agents`, { headers: revoked.headers });
      assert.equal(problemSchema.parse(await response.json()).code, 'token.revoked');
      assert.equal(await statusAt(url, other), 200);
    }
  });
});
