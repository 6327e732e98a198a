import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { addAgentKeyResponseSchema, type CreateAgentResponse } from '@4runr/contracts/agent';
import { calculateJwkThumbprint } from 'jose';
import {
  type AuthServiceUnderTest,
  issuer,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, importClientKey, tokenForm } from '../fixtures/client-key.ts';
import { createOperatorClient, type OperatorClient, problemOf } from '../fixtures/operator-client.ts';

let service: AuthServiceUnderTest;
let operator: OperatorClient;
let [oldKey, newKey]: ClientKey[] = [];
let agent: CreateAgentResponse;
before(async () => {
  service = await startAuthService();
  operator = await createOperatorClient(service);
});
after(() => service.stop());
beforeEach(async () => {
  [oldKey, newKey] = await Promise.all([generateClientKey('ES256'), generateClientKey('EdDSA')]);
  agent = await registerAgent(service, [keyOf(oldKey)]);
});

function keyOf(key: ClientKey | undefined): ClientKey {
  assert.ok(key !== undefined);
  return key;
}

const add = (body?: unknown) => operator.send(`POST /v1/agents/${agent.id}/keys`, { body });
const remove = (kid: string) =>
  operator.send(`DELETE /v1/agents/${agent.id}/keys/${encodeURIComponent(kid)}`);

async function isAccepted(key: ClientKey): Promise<boolean> {
  const assertion = await key.assert(agent.clientId, issuer);
  const response = await postToken(service.url, tokenForm(assertion));
  await response.arrayBuffer();
  return response.status === 200;
}

describe('secrets of an agent', () => {
  const basic = async (secret: string) => {
    const credentials = Buffer.from(`${agent.clientId}:${secret}`).toString('base64');
    const headers = { authorization: `Basic ${credentials}` };
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    const response = await postToken(service.url, form, headers);
    await response.arrayBuffer();
    return response.status === 200;
  };
  beforeEach(async () => {
    agent = await registerAgent(service, [], { authMethod: 'client_secret_basic' });
  });

  it('are rotated without a moment in which it can get no token, and shown once', async () => {
    const added = await add();
    const { clientSecret = '', ...rest } = addAgentKeyResponseSchema.strict().parse(await added.json());
    assert.deepEqual(Object.keys(rest), ['kid']);
    const [old] = agent.secrets ?? [];
    assert.deepEqual([await basic(agent.clientSecret ?? ''), await basic(clientSecret)], [true, true]);
    assert.equal((await remove(old?.kid ?? '')).status, 204);
    assert.deepEqual([await basic(agent.clientSecret ?? ''), await basic(clientSecret)], [false, true]);
    assert.equal(await problemOf(await remove(rest.kid)), '409 conflict');
  });

  it('are ten at most', async () => {
    const statuses = [];
    for (let index = 0; index < 10; index += 1) statuses.push((await add()).status);
    assert.deepEqual(statuses, [...Array.from({ length: 9 }, () => 201), 409]);
  });

  it('do not mix with keys', async () => {
    assert.equal((await add({ jwk: keyOf(newKey).publicJwk })).status, 422);
  });
});

describe('keys of an agent', () => {
  it('are rotated without a moment in which it can get no token', async () => {
    const fresh = keyOf(newKey);
    const added = await add({ jwk: fresh.publicJwk });
    assert.equal(added.status, 201);
    const { jwk, privateKey } = addAgentKeyResponseSchema.strict().parse(await added.json());
    assert.deepEqual(jwk, { kid: jwk?.kid, ...fresh.publicJwk });
    assert.equal(privateKey, undefined);
    assert.deepEqual([await isAccepted(keyOf(oldKey)), await isAccepted(fresh)], [true, true]);

    const removed = await remove(agent.jwks.keys[0]?.kid ?? '');
    assert.equal(removed.status, 204);
    assert.deepEqual([await isAccepted(keyOf(oldKey)), await isAccepted(fresh)], [false, true]);
    const read = await operator.send(`GET /v1/agents/${agent.id}`);
    assert.deepEqual(((await read.json()) as CreateAgentResponse).jwks.keys, [jwk]);
    assert.deepEqual(
      [added, removed, read].map(({ headers }) => headers.get('etag')),
      ['"2"', '"3"', '"3"'],
    );
  });

  for (const body of [undefined, {}]) {
    it(`can be made, and are shown once, when none is sent (${JSON.stringify(body)})`, async () => {
      const response = await add(body);
      assert.equal(response.status, 201);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      const { privateKey = '' } = addAgentKeyResponseSchema.strict().parse(await response.json());
      assert.equal(await isAccepted(await importClientKey(privateKey)), true);
    });
  }

  it('are ten at most', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => generateClientKey('ES256')));
    const statuses = [];
    for (const { publicJwk } of keys) statuses.push((await add({ jwk: publicJwk })).status);
    assert.deepEqual(statuses, [...Array.from({ length: 9 }, () => 201), 409]);
  });

  it('are added once, however many ask for it at a time and whatever they call it', async () => {
    const { publicJwk } = keyOf(newKey);
    const responses = await Promise.all(['a', 'b', 'c'].map((kid) => add({ jwk: { ...publicJwk, kid } })));
    assert.deepEqual(responses.map(({ status }) => status).sort(), [201, 409, 409]);
  });

  it('do not share a kid', async () => {
    const kid = agent.jwks.keys[0]?.kid;
    assert.equal(await problemOf(await add({ jwk: { ...keyOf(newKey).publicJwk, kid } })), '409 conflict');
  });

  it('are never all removed, not even by two at a time', async () => {
    await add({ jwk: { ...keyOf(newKey).publicJwk, kid: 'other' } });
    const responses = await Promise.all([remove('other'), remove(agent.jwks.keys[0]?.kid ?? '')]);
    assert.deepEqual(responses.map(({ status }) => status).sort(), [204, 409]);
  });

  it('can be named by their thumbprint, because the edge lets no encoded slash pass', async () => {
    const { kid: thumbprint } = addAgentKeyResponseSchema.parse(
      await (await add({ jwk: keyOf(newKey).publicJwk })).json(),
    );
    await remove(thumbprint);
    await add({ jwk: { ...keyOf(newKey).publicJwk, kid: 'https://keys.test/1' } });
    assert.equal((await remove(thumbprint)).status, 204);
  });

  it('are removed once, however often it is asked for and by which name', async () => {
    const { kid } = addAgentKeyResponseSchema.parse(
      await (await add({ jwk: { ...keyOf(newKey).publicJwk, kid: 'laptop' } })).json(),
    );
    const thumbprint = await calculateJwkThumbprint(keyOf(newKey).publicJwk);
    const answers = [await remove(kid), await remove(kid), await remove(thumbprint)];
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers.get('etag')]),
      Array.from({ length: 3 }, () => [204, '"3"']),
    );
    // A key that comes back is there again, and can go again.
    await add({ jwk: { ...keyOf(newKey).publicJwk, kid: 'laptop' } });
    assert.equal(await isAccepted(keyOf(newKey)), true);
    assert.equal((await remove(kid)).headers.get('etag'), '"5"');
    assert.equal(await isAccepted(keyOf(newKey)), false);
  });

  it('that never were are told apart from an agent that is not there', async () => {
    const { detail } = (await (await remove('unknown')).json()) as { detail: string };
    assert.match(detail, /^The client is known, but it has no key or secret of this kid/);
    const nobody = await operator.send('DELETE /v1/agents/agt_00000000000000000000/keys/unknown');
    assert.equal(await problemOf(nobody), '404 agent.unknown');
  });

  for (const kid of ['unknown', '%00', 'a/b', 'x'.repeat(500)]) {
    it(`are not there by another name: ${kid.slice(0, 10)}`, async () => {
      assert.equal(await problemOf(await remove(kid)), '404 route.unknown');
    });
  }

  const refused: readonly { guarantee: string; body: unknown; pointer: string }[] = [
    {
      guarantee: 'a private key is never taken',
      body: { jwk: { kty: 'RSA', d: 'AQAB' } },
      pointer: '/jwk/d',
    },
    {
      guarantee: 'a symmetric key is no identity',
      body: { jwk: { kty: 'oct', k: 'AQ' } },
      pointer: '/jwk/k',
    },
    { guarantee: 'a key is of a kind that we verify', body: { jwk: { kty: 'AKP' } }, pointer: '/jwk/kty' },
    { guarantee: 'a key is an object', body: { jwk: 'key' }, pointer: '/jwk' },
    { guarantee: 'unknown members are not ignored', body: { keys: [] }, pointer: '/keys' },
  ];
  for (const { guarantee, body, pointer } of refused) {
    it(`${guarantee}: 422 at ${pointer}`, async () => {
      const response = await add(body);
      assert.equal(response.status, 422);
      const problem = (await response.json()) as { errors: { pointer: string }[] };
      assert.equal(problem.errors[0]?.pointer, pointer);
    });
  }

  it('stay as they are when the state is not the one that the request names', async () => {
    const headers = { 'if-match': '"7"' };
    for (const request of [`POST /v1/agents/${agent.id}/keys`, `DELETE /v1/agents/${agent.id}/keys/x`]) {
      assert.equal(await problemOf(await operator.send(request, { headers })), '412 precondition.failed');
    }
  });
});
