import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { agentRoleExample, agentRolePath, agentRoleSchema } from '@4runr/contracts/agent';
import { problemSchema } from '@4runr/contracts/problem';
import {
  type AuthServiceUnderTest,
  operatorHeaders,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { authMeshKeys, meshTokenOf } from '../fixtures/credentials.ts';

let service: AuthServiceUnderTest;
let operator: { authorization: string };
before(async () => {
  service = await startAuthService({ MESH_KEYS: authMeshKeys });
  operator = await operatorHeaders(service);
});
after(() => service.stop());

const proxy = () => ({ authorization: `Bearer ${meshTokenOf('proxy-service')}` });
const ask = (id: string, headers: Record<string, string> = proxy()) =>
  fetch(`${service.url}${agentRolePath(id)}`, { headers });
const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;

describe('the role of an agent', () => {
  it('is told to the proxy, in the form of the example, as it is now', async () => {
    const { id } = await registerAgent(service, []);
    const response = await ask(id);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const told: unknown = await response.json();
    assert.deepEqual(told, { id, role: 'scraper' });
    assert.deepEqual(Object.keys(told as object), Object.keys(agentRoleExample));
    await fetch(`${service.url}/v1/agents/${id}`, {
      method: 'PATCH',
      headers: { ...operator, 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify({ role: 'enricher' }),
    });
    assert.equal(agentRoleSchema.parse(await (await ask(id)).json()).role, 'enricher');
  });

  it('is not known of what is no agent', async () => {
    for (const id of ['agt_00000000000000000000', 'first-operator', '\0']) {
      assert.equal(await codeOf(await ask(id)), 'agent.unknown');
    }
  });

  it('is told to nobody else', async () => {
    const { id } = await registerAgent(service, []);
    assert.equal(await codeOf(await ask(id, {})), 'token.missing');
    assert.equal(await codeOf(await ask(id, operator)), 'token.invalid');
    const adapter = { authorization: `Bearer ${meshTokenOf('adapter-openai')}` };
    assert.equal(await codeOf(await ask(id, adapter)), 'scope.insufficient');
  });
});
