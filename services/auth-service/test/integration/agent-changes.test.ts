import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Agent, agentSchema, type CreateAgentResponse } from '@4runr/contracts/agent';
import { parseRevocationEntry, revocationKeys } from '@4runr/contracts/revocation';
import {
  type AuthServiceUnderTest,
  issuer,
  obtainToken,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, tokenForm } from '../fixtures/client-key.ts';
import { createOperatorClient, type OperatorClient, problemOf } from '../fixtures/operator-client.ts';

let service: AuthServiceUnderTest;
let key: ClientKey;
let operator: OperatorClient;
let agent: CreateAgentResponse;
before(async () => {
  service = await startAuthService();
  key = await generateClientKey('ES256');
  operator = await createOperatorClient(service);
});
after(() => service.stop());
beforeEach(async () => {
  agent = await registerAgent(service, [key], { description: 'Looks for prices' });
});

const anyState = { 'if-match': '*' };
const patch = (body: object, headers: Record<string, string> = anyState) =>
  operator.send(`PATCH /v1/agents/${agent.id}`, { body, headers });
const entityTag = async () => (await operator.send(`GET /v1/agents/${agent.id}`)).headers.get('etag') ?? '';

/** The epoch below which tokens of the agent are revoked, as readers see it; 0 while none are. */
async function revokedEpoch(): Promise<number> {
  const field = `client:${agent.id}`;
  const value = await service.redis.client.hGet(revocationKeys.active, field);
  if (value === null) return 0;
  const revocation = parseRevocationEntry({ field, value });
  return revocation.kind === 'client' ? revocation.epoch : 0;
}

async function canGetToken(): Promise<boolean> {
  const assertion = await key.assert(agent.clientId, issuer);
  const response = await postToken(service.url, tokenForm(assertion));
  await response.arrayBuffer();
  return response.status === 200;
}

describe('PATCH /v1/agents/{id}', () => {
  it('changes what it names and nothing else, and answers with the new state and its entity tag', async () => {
    const response = await patch({ name: 'Renamed', description: null }, { 'if-match': await entityTag() });
    assert.equal(response.status, 200);
    const changed: Agent = agentSchema.strict().parse(await response.json());
    const { description: _gone, ...rest } = agent;
    assert.deepEqual({ ...changed, updatedAt: rest.updatedAt }, { ...rest, name: 'Renamed' });
    assert.ok(changed.updatedAt > rest.updatedAt);
    const read = await operator.send(`GET /v1/agents/${agent.id}`);
    assert.deepEqual(await read.json(), changed);
    assert.equal(read.headers.get('etag'), response.headers.get('etag'));
  });

  it('that changes nothing leaves the entity tag as it is', async () => {
    const known = await entityTag();
    const response = await patch({ name: agent.name, status: 'active' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('etag'), known);
  });

  it('gives later tokens another life', async () => {
    await patch({ tokenTtlSeconds: 120 });
    const { expires_in } = await obtainToken(service.url, { id: agent.clientId, key });
    assert.equal(expires_in, 120);
  });

  it('of two at once, based on the same state, one is refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const headers = { 'if-match': await entityTag() };
      const responses = await Promise.all(
        ['One', 'Other'].map((name) => patch({ name: `${name} ${round}` }, headers)),
      );
      assert.deepEqual(responses.map(({ status }) => status).sort(), [200, 412]);
    }
  });

  it('of many at once on any state all take effect, one after the other', async () => {
    const before = await entityTag();
    const names = Array.from({ length: 8 }, (_, index) => `Name ${index}`);
    const responses = await Promise.all(names.map((name) => patch({ name })));
    const tags = responses.map(({ status, headers }) => [status, headers.get('etag')].join(' '));
    assert.equal(new Set(tags).size, 8);
    assert.ok(tags.every((tag) => tag.startsWith('200 ') && !tag.endsWith(before)));
  });

  const preconditions: readonly { guarantee: string; header: string | undefined; answer: string }[] = [
    { guarantee: 'a state has to be named', header: undefined, answer: '428 precondition.required' },
    { guarantee: 'another state is not this one', header: '"0"', answer: '412 precondition.failed' },
    { guarantee: 'a weak tag names no state', header: 'W/"1"', answer: '412 precondition.failed' },
    { guarantee: 'an empty list names no state', header: ',', answer: '412 precondition.failed' },
  ];
  for (const { guarantee, header, answer } of preconditions) {
    for (const method of ['PATCH', 'DELETE']) {
      it(`${guarantee}: ${method} is answered ${answer}, and changes nothing`, async () => {
        const headers: Record<string, string> = header === undefined ? {} : { 'if-match': header };
        const body = method === 'PATCH' ? { name: 'Other' } : undefined;
        const response = await operator.send(`${method} /v1/agents/${agent.id}`, { body, headers });
        assert.equal(await problemOf(response), answer);
        assert.equal(await entityTag(), '"1"');
      });
    }
  }

  it('takes one of several tags that fits', async () => {
    assert.equal((await patch({ name: 'Other' }, { 'if-match': '"0", "1"' })).status, 200);
  });

  const refused: readonly { guarantee: string; body: object; pointer: string }[] = [
    { guarantee: 'the role of operators is reserved', body: { role: 'operator' }, pointer: '/role' },
    { guarantee: 'an agent has a name', body: { name: null }, pointer: '/name' },
    { guarantee: 'identity does not change', body: { clientId: 'x' }, pointer: '/clientId' },
    { guarantee: 'a change changes something', body: {}, pointer: '' },
  ];
  for (const { guarantee, body, pointer } of refused) {
    it(`${guarantee}: 422`, async () => {
      const response = await patch(body);
      assert.equal(response.status, 422);
      const problem = (await response.json()) as { errors: { pointer: string }[] };
      assert.deepEqual(
        problem.errors.map((error) => error.pointer),
        [pointer],
      );
    });
  }
});

describe('what ends tokens has ended them when it is answered', () => {
  const rows: readonly { what: string; act: () => Promise<Response>; mayGoOn: boolean }[] = [
    { what: 'suspending an agent', act: () => patch({ status: 'suspended' }), mayGoOn: false },
    { what: 'giving it another role', act: () => patch({ role: 'enricher' }), mayGoOn: true },
    {
      what: 'deleting it',
      act: () => operator.send(`DELETE /v1/agents/${agent.id}`, { headers: anyState }),
      mayGoOn: false,
    },
    {
      what: 'revoking its tokens',
      act: () => operator.send(`POST /v1/agents/${agent.id}/revoke-tokens`),
      mayGoOn: true,
    },
  ];
  for (const { what, act, mayGoOn } of rows) {
    it(`${what}: new tokens ${mayGoOn ? 'can' : 'cannot'} be had`, async () => {
      assert.equal(await revokedEpoch(), 0);
      assert.ok((await act()).ok);
      assert.equal(await revokedEpoch(), 1);
      assert.equal(await canGetToken(), mayGoOn);
    });
  }

  it('resuming revives no token', async () => {
    await patch({ status: 'suspended' });
    await patch({ status: 'active' });
    assert.equal(await revokedEpoch(), 1);
    const { access_token } = await obtainToken(service.url, { id: agent.clientId, key });
    const claims = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString());
    assert.equal(claims.epoch, 1);
  });

  it('another name or description ends none', async () => {
    await patch({ name: 'Renamed', description: 'Other' });
    assert.equal(await revokedEpoch(), 0);
  });
});

describe('DELETE /v1/agents/{id}', () => {
  it('leaves nothing behind, and cannot be repeated', async () => {
    const response = await operator.send(`DELETE /v1/agents/${agent.id}`, { headers: anyState });
    assert.equal(response.status, 204);
    const again = [`GET /v1/agents/${agent.id}`, `DELETE /v1/agents/${agent.id}`];
    for (const request of again) {
      assert.equal(await problemOf(await operator.send(request, { headers: anyState })), '404 agent.unknown');
    }
  });
});

describe('POST /v1/agents/{id}/revoke-tokens', () => {
  it('answers with the epoch from which on tokens hold', async () => {
    for (const epoch of [1, 2]) {
      const response = await operator.send(`POST /v1/agents/${agent.id}/revoke-tokens`);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { epoch });
      assert.equal(response.headers.get('etag'), `"${epoch + 1}"`);
    }
  });

  it('keeps to the state that it is told, if it is', async () => {
    const headers = { 'if-match': '"7"' };
    const response = await operator.send(`POST /v1/agents/${agent.id}/revoke-tokens`, { headers });
    assert.equal(await problemOf(response), '412 precondition.failed');
    assert.equal(await revokedEpoch(), 0);
  });
});

describe('whoever is no agent', () => {
  const requests = [
    'PATCH /v1/agents/{id}',
    'DELETE /v1/agents/{id}',
    'POST /v1/agents/{id}/keys',
    'DELETE /v1/agents/{id}/keys/kid',
    'POST /v1/agents/{id}/revoke-tokens',
  ];
  for (const request of requests) {
    for (const id of ['agt_00000000000000000000', 'opr_00000000000000000000', '%00']) {
      it(`is answered 404 agent.unknown: ${request.replace('{id}', id)}`, async () => {
        const body = request.startsWith('PATCH') ? { name: 'Other' } : undefined;
        const response = await operator.send(request.replace('{id}', id), { body, headers: anyState });
        assert.equal(await problemOf(response), '404 agent.unknown');
      });
    }
  }

  it('an operator is not changed as if it were one', async () => {
    const { access_token } = await obtainToken(service.url, {
      id: 'first-operator',
      key: service.operatorKey,
    });
    const { sub } = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString());
    const response = await operator.send(`DELETE /v1/agents/${sub}`, { headers: anyState });
    assert.equal(await problemOf(response), '404 agent.unknown');
  });
});

describe('who may change agents', () => {
  it('nobody whose token carries agents:read alone', async () => {
    const client = { id: 'first-operator', key: service.operatorKey };
    const { access_token } = await obtainToken(service.url, client, 'agents:read');
    const requests = [
      `PATCH /v1/agents/${agent.id}`,
      `DELETE /v1/agents/${agent.id}`,
      `POST /v1/agents/${agent.id}/keys`,
      `DELETE /v1/agents/${agent.id}/keys/x`,
      `POST /v1/agents/${agent.id}/revoke-tokens`,
    ];
    for (const request of requests) {
      const headers = { ...anyState, authorization: `Bearer ${access_token}` };
      assert.equal(await problemOf(await operator.send(request, { headers })), '403 scope.insufficient');
    }
  });
});
