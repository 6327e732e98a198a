import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type AuthServiceUnderTest,
  issuer,
  obtainToken,
  operatorClientId,
  operatorHeaders,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, tokenForm } from '../fixtures/client-key.ts';

let service: AuthServiceUnderTest;
let key: ClientKey;
before(async () => {
  service = await startAuthService();
  key = await generateClientKey('ES256');
});
after(() => service.stop());

/** Value of a sample, by its name and labels as the exposition writes them; 0 while there is none. */
async function sample(name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const line = text.split('\n').find((row) => row.startsWith(`${name}{`) && row.includes(label));
  return Number(line?.split(' ').at(-1) ?? 0);
}

async function increaseOf(name: string, label: string, act: () => Promise<unknown>): Promise<number> {
  const before = await sample(name, label);
  await act();
  return (await sample(name, label)) - before;
}

describe('what happens is counted', () => {
  it('a token that was issued', async () => {
    const act = () => obtainToken(service.url, { id: operatorClientId, key: service.operatorKey });
    assert.equal(await increaseOf('gateway_token_generations_total', '', act), 1);
  });

  it('an agent that was created', async () => {
    const act = () => registerAgent(service, [key]);
    assert.equal(await increaseOf('gateway_agent_creations_total', '', act), 1);
  });

  it('a wrong key, as a failure to authenticate and not as a token', async () => {
    const act = async () => postToken(service.url, tokenForm(await key.assert(operatorClientId, issuer)));
    assert.equal(await increaseOf('gateway_security_events_total', 'event="authentication_failure"', act), 1);
    assert.equal(await increaseOf('gateway_token_generations_total', '', act), 0);
    assert.equal(await increaseOf('gateway_token_request_duration_ms_count', 'status="401"', act), 1);
  });

  it('an agent that reaches for a scope of operators, as privilege escalation', async () => {
    const agent = await registerAgent(service, [key]);
    const act = async () =>
      postToken(service.url, tokenForm(await key.assert(agent.clientId, issuer), { scope: 'agents:write' }));
    assert.equal(await increaseOf('gateway_security_events_total', 'event="privilege_escalation"', act), 1);
  });

  it('an agent’s token at an operators’ endpoint, as privilege escalation', async () => {
    const agent = await registerAgent(service, [key]);
    const { access_token } = await obtainToken(service.url, { id: agent.clientId, key });
    const act = () =>
      fetch(`${service.url}/v1/agents`, { headers: { authorization: `Bearer ${access_token}` } });
    assert.equal(await increaseOf('gateway_security_events_total', 'event="privilege_escalation"', act), 1);
  });

  it('an assertion with another kind of algorithm, as tampering', async () => {
    const act = () => postToken(service.url, tokenForm('eyJhbGciOiJub25lIn0.e30.c2ln'));
    assert.equal(await increaseOf('gateway_security_events_total', 'event="token_tampering"', act), 1);
  });

  it('never by the name of a client', async () => {
    const { id } = await registerAgent(service, [key]);
    await fetch(`${service.url}/v1/agents/${id}`, { headers: await operatorHeaders(service) });
    const text = await (await fetch(`${service.url}/metrics`)).text();
    assert.equal(text.includes(id) || text.includes(operatorClientId), false);
  });
});
