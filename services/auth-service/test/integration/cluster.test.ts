import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditStreamKeyOf } from '@4runr/contracts/audit';
import { revocationKeys } from '@4runr/contracts/revocation';
import { startTestRedisCluster, type TestRedisCluster } from '@4runr/local-stack/parts';
import { decodeJwt } from 'jose';
import {
  type AuthServiceUnderTest,
  operatorHeaders,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { eventually } from '../fixtures/eventually.ts';

let cluster: TestRedisCluster | undefined;
let service: AuthServiceUnderTest;
before(async () => {
  cluster = await startTestRedisCluster();
  if (cluster === undefined) return;
  service = await startAuthService({ REDIS_URL: cluster.url, TOKEN_RATE_CLIENT: '1000' });
});
after(async () => {
  if (cluster === undefined) return;
  await service.stop();
  await cluster.stop();
});

async function send(key: string, ...command: readonly string[]): Promise<unknown> {
  return (await cluster?.masterOf(key))?.send(...command);
}

describe('with a Redis Cluster as state Redis', () => {
  it('tokens are issued, what operators change is in the audit stream, and what they revoke takes effect', async (context) => {
    if (cluster === undefined) return context.skip('there is no Redis here that knows clusters');
    const headers = await operatorHeaders(service);
    const { id } = await registerAgent(service, []);
    const revoking = { method: 'POST', headers };
    assert.equal((await fetch(`${service.url}/v1/agents/${id}/revoke-tokens`, revoking)).status, 200);
    const { active } = revocationKeys;
    assert.ok(await send(active, 'HGET', active, `client:${id}`));
    const stream = auditStreamKeyOf(String(decodeJwt(headers.authorization.slice('Bearer '.length)).sub));
    await eventually(async () => assert.ok(Number(await send(stream, 'XLEN', stream)) >= 2));
  });
});
