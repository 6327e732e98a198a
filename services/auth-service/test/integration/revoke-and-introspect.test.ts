import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CreateAgentResponse } from '@4runr/contracts/agent';
import { revocationKeys } from '@4runr/contracts/revocation';
import {
  accessTokenTypeUri,
  introspectionResponseSchema,
  type OperatorScope,
  oauthErrorSchema,
  tokenExchangeGrantType,
  tokenResponseSchema,
} from '@4runr/contracts/token';
import { generateProofKey } from '@4runr/service-kit/testing';
import { decodeJwt } from 'jose';
import { newId } from '../../src/domain/new-id.ts';
import { systemOrigin } from '../../src/domain/operator-change.ts';
import { parsePublicKeys } from '../../src/domain/public-keys.ts';
import { createOperatorStore } from '../../src/store/postgres-operator-store.ts';
import {
  type AuthServiceUnderTest,
  basicHeaders,
  headerForm,
  issuer,
  obtainToken,
  operatorClientId,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, tokenForm } from '../fixtures/client-key.ts';
import { queryDatabase } from '../fixtures/database.ts';
import { openDatabase } from '../fixtures/open-database.ts';
import { createOperatorClient } from '../fixtures/operator-client.ts';

let service: AuthServiceUnderTest;
let otherUrl: string;
let agent: CreateAgentResponse;
let other: CreateAgentResponse;
before(async () => {
  service = await startAuthService({ DPOP_NONCE: 'off' });
  otherUrl = (await service.startReplica({ DPOP_NONCE: 'off' })).url;
  [agent, other] = await Promise.all([registerWithSecret(), registerWithSecret()]);
});
after(() => service.stop());

type Form = Readonly<Record<string, string>>;

const registerWithSecret = () => registerAgent(service, [], { authMethod: 'client_secret_basic' });
const basicOf = ({ clientId, clientSecret = '' }: CreateAgentResponse) =>
  basicHeaders(clientId, clientSecret);

async function tokenOf(client: CreateAgentResponse, form: Form = {}, headers: Form = {}): Promise<string> {
  const response = await postToken(service.url, headerForm(form), { ...basicOf(client), ...headers });
  return tokenResponseSchema.parse(await response.json()).access_token;
}

/** A token for the subject that the actor got. */
function exchangedTokenOf(actor: CreateAgentResponse, subjectToken: string): Promise<string> {
  return tokenOf(actor, {
    grant_type: tokenExchangeGrantType,
    subject_token: subjectToken,
    subject_token_type: accessTokenTypeUri,
  });
}

type Endpoint = 'revoke' | 'introspect';

function post(endpoint: Endpoint, form: Form, headers: Form, url = service.url): Promise<Response> {
  return fetch(`${url}/oauth/${endpoint}`, { method: 'POST', body: new URLSearchParams(form), headers });
}

async function revoke(client: CreateAgentResponse, token: string, url?: string): Promise<void> {
  const response = await post('revoke', { token }, basicOf(client), url);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), '');
  assert.equal(response.headers.get('cache-control'), 'no-store');
}

async function introspect(client: CreateAgentResponse, token: string, url?: string) {
  const response = await post('introspect', { token }, basicOf(client), url);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return introspectionResponseSchema.parse(await response.json());
}

async function introspectAsOperator(token: string) {
  const { client_assertion_type, client_assertion } = Object.fromEntries(
    tokenForm(await service.operatorKey.assert(operatorClientId, issuer)),
  );
  const form = {
    token,
    client_assertion_type: client_assertion_type ?? '',
    client_assertion: client_assertion ?? '',
  };
  return introspectionResponseSchema.parse(await (await post('introspect', form, {})).json());
}

interface OperatorUnderTest {
  readonly id: string;
  readonly key: ClientKey;
}

async function revokeAsOperator({ id, key }: OperatorUnderTest, token: string): Promise<void> {
  const { grant_type: _grant, ...form } = Object.fromEntries(tokenForm(await key.assert(id, issuer)));
  assert.equal((await post('revoke', { token, ...(form as Form) }, {})).status, 200);
}

/** @param grantableScopes all when left out */
async function enrolOperator(
  grantableScopes: readonly OperatorScope[] | undefined,
): Promise<OperatorUnderTest> {
  const key = await generateClientKey('ES256');
  const database = openDatabase(service.databaseUrl);
  const id = newId('opr');
  const { keys = [] } = await parsePublicKeys([key.publicJwk], '');
  const operator = { id, clientId: id, name: 'Another', grantableScopes, keys };
  await createOperatorStore(database).enrol(operator, systemOrigin);
  await database.destroy();
  return { id, key };
}

const isListed = async (token: string) =>
  (await service.redis.client.hGet(revocationKeys.active, `token:${decodeJwt(token).jti}`)) !== null;

describe('POST /oauth/introspect', () => {
  it('says what a token of the client is (RFC 7662 section 2.2)', async () => {
    const token = await tokenOf(agent, { scope: 'serpapi:search' });
    const { epoch: _internal, ...claims } = decodeJwt(token);
    assert.deepEqual(await introspect(agent, token), { active: true, token_type: 'Bearer', ...claims });
  });

  it('shows the key that a token is bound to (RFC 9449 section 6.2)', async () => {
    const key = await generateProofKey();
    const proof = await key.prove({ method: 'POST', url: `${issuer}/oauth/token` });
    const introspected = await introspect(agent, await tokenOf(agent, {}, { dpop: proof }));
    assert.ok(introspected.active);
    assert.equal(introspected.token_type, 'DPoP');
    assert.deepEqual(introspected.cnf, { jkt: key.jkt });
  });

  it('shows who acts to everybody who has a part in the token', async () => {
    const token = await exchangedTokenOf(other, await tokenOf(agent));
    for (const party of [agent, other]) {
      const introspected = await introspect(party, token);
      assert.ok(introspected.active);
      assert.equal(introspected.sub, agent.id);
      assert.equal(introspected.act?.sub, other.id);
    }
  });

  it('tells operators of every token', async () => {
    assert.equal((await introspectAsOperator(await tokenOf(agent))).active, true);
  });

  it('ignores the hint', async () => {
    const token = await tokenOf(agent);
    const form = { token, token_type_hint: 'refresh_token' };
    const response = await post('introspect', form, basicOf(agent));
    assert.equal(introspectionResponseSchema.parse(await response.json()).active, true);
  });

  const dead: readonly { what: string; token: () => Promise<string> | string }[] = [
    { what: 'a token of another agent', token: () => tokenOf(other) },
    { what: 'garbage', token: () => 'garbage' },
    { what: 'thirty thousand characters', token: () => 'a'.repeat(30_000) },
    {
      what: 'a token without its signature',
      token: async () => (await tokenOf(agent)).replace(/[^.]+$/, ''),
    },
    {
      what: 'a token that was tampered with',
      token: async () => (await tokenOf(agent)).replace(/\.[^.]+\./, (claims) => `${claims.slice(0, -2)}A.`),
    },
    { what: 'a client secret', token: () => agent.clientSecret ?? '' },
    {
      what: 'a token that was revoked',
      token: async () => {
        const token = await tokenOf(agent);
        await revoke(agent, token);
        return token;
      },
    },
  ];
  for (const { what, token } of dead) {
    it(`says the same of ${what}: {"active":false}`, async () => {
      assert.deepEqual(await introspect(agent, await token()), { active: false });
    });
  }
});

describe('a token is dead on every replica when the answer arrives, whichever way it died', () => {
  const ways: readonly {
    way: string;
    kill: (subject: CreateAgentResponse, token: string) => Promise<unknown>;
  }[] = [
    { way: 'it was revoked', kill: (subject, token) => revoke(subject, token) },
    { way: 'its agent’s tokens were', kill: ({ id }) => asOperator(`POST /v1/agents/${id}/revoke-tokens`) },
    {
      way: 'its agent was suspended',
      kill: ({ id }) => asOperator(`PATCH /v1/agents/${id}`, { status: 'suspended' }),
    },
    {
      way: 'its agent got another role',
      kill: ({ id }) => asOperator(`PATCH /v1/agents/${id}`, { role: 'reader' }),
    },
    { way: 'its agent was deleted', kill: ({ id }) => asOperator(`DELETE /v1/agents/${id}`) },
  ];
  async function asOperator(request: string, body?: object): Promise<void> {
    const operator = await createOperatorClient(service);
    assert.ok((await operator.send(request, { body, headers: { 'if-match': '*' } })).ok);
  }
  for (const { way, kill } of ways) {
    it(`${way}; and so is what was exchanged for it`, async () => {
      const subject = await registerWithSecret();
      const token = await tokenOf(subject);
      const exchanged = await exchangedTokenOf(other, token);
      assert.equal((await introspect(other, exchanged, otherUrl)).active, true);
      await kill(subject, token);
      assert.equal((await introspect(other, exchanged, otherUrl)).active, false);
      assert.equal((await introspectAsOperator(token)).active, false);
    });
  }

  it('an actor was suspended: what it got ends, and what it got it for goes on', async () => {
    const actor = await registerWithSecret();
    const token = await tokenOf(agent);
    const exchanged = await exchangedTokenOf(actor, token);
    await asOperator(`PATCH /v1/agents/${actor.id}`, { status: 'suspended' });
    assert.equal((await introspect(agent, exchanged, otherUrl)).active, false);
    assert.equal((await introspect(agent, token, otherUrl)).active, true);
  });
});

describe('POST /oauth/revoke', () => {
  it('ends a token of the client: readers can know it when the answer arrives', async () => {
    const token = await tokenOf(agent);
    await revoke(agent, token);
    assert.equal(await isListed(token), true);
  });

  it('ends a token that was issued to the client for somebody else', async () => {
    const token = await exchangedTokenOf(other, await tokenOf(agent));
    await revoke(other, token);
    assert.equal(await isListed(token), true);
  });

  it('ends a token of the client that was issued to somebody else', async () => {
    const token = await exchangedTokenOf(other, await tokenOf(agent));
    await revoke(agent, token);
    assert.equal(await isListed(token), true);
  });

  it('can be repeated, and tells readers once', async () => {
    const token = await tokenOf(agent);
    await revoke(agent, token);
    const messages = await service.redis.client.xLen(revocationKeys.feed);
    await Promise.all([revoke(agent, token), revoke(agent, token, otherUrl)]);
    assert.equal(await service.redis.client.xLen(revocationKeys.feed), messages);
  });

  it('leaves a token of another agent alive, and answers all the same', async () => {
    const token = await tokenOf(other);
    await revoke(agent, token);
    assert.equal(await isListed(token), false);
    assert.equal((await introspect(other, token)).active, true);
  });

  it('lets an operator end one token of an agent by presenting it, and no other; that is recorded, once', async () => {
    const [token, other] = [await tokenOf(agent, { scope: 'serpapi:search' }), await tokenOf(agent)];
    const operator = { id: operatorClientId, key: service.operatorKey };
    for (let attempt = 0; attempt < 2; attempt += 1) await revokeAsOperator(operator, token);
    assert.deepEqual([await isListed(token), await isListed(other)], [true, false]);
    const { jti, exp } = decodeJwt(token);
    const changes = await queryDatabase<{ target_id: string; after: object; trace_id: string | null }>(
      service.databaseUrl,
      "select target_id, after, trace_id from auth.operator_changes where action = 'agent.token.revoke'",
    );
    assert.deepEqual(
      changes.map(({ target_id, after }) => ({ target_id, after })),
      [{ target_id: agent.id, after: { jti, issuedTo: agent.clientId, scope: 'serpapi:search', exp } }],
    );
    assert.match(changes[0]?.trace_id ?? '', /^[0-9a-f]{32}$/);
  });

  it('lets no operator end a token of an agent who may not be granted agents:write', async () => {
    const [token, auditor] = [await tokenOf(agent), await enrolOperator(['audit:read', 'agents:read'])];
    await revokeAsOperator(auditor, token);
    assert.equal(await isListed(token), false);
  });

  it('lets no operator end a token of another operator, who is managed by command alone', async () => {
    const other = await enrolOperator(undefined);
    const { access_token: token } = await obtainToken(service.url, other);
    await revokeAsOperator({ id: operatorClientId, key: service.operatorKey }, token);
    assert.equal(await isListed(token), false);
    await revokeAsOperator(other, token);
    assert.equal(await isListed(token), true);
  });

  for (const token of ['garbage', 'a'.repeat(30_000), 'e30.e30.e30']) {
    it(`answers the same to what is no token: ${token.slice(0, 12)} (RFC 7009 section 2.2)`, async () => {
      await revoke(agent, token);
    });
  }
});

describe('both endpoints', () => {
  const refusals: readonly { guarantee: string; form?: Form; headers?: () => Form; answer: string }[] = [
    { guarantee: 'a client authenticates', headers: () => ({}), answer: '401 invalid_client' },
    {
      guarantee: 'by the right secret',
      headers: () => basicHeaders(agent.clientId, 'wrong'),
      answer: '401 invalid_client',
    },
    { guarantee: 'there is a token to speak of', form: {}, answer: '400 invalid_request' },
    { guarantee: 'an empty one is none', form: { token: '' }, answer: '400 invalid_request' },
    {
      guarantee: 'an access token is no way to authenticate',
      headers: () => ({ authorization: 'Bearer e30.e30.e30' }),
      answer: '401 invalid_client',
    },
    { guarantee: 'a form has a size', form: { token: 'a'.repeat(40_000) }, answer: '413 invalid_request' },
  ];
  for (const endpoint of ['revoke', 'introspect'] as const) {
    for (const {
      guarantee,
      form = { token: 'garbage' },
      headers = () => basicOf(agent),
      answer,
    } of refusals) {
      it(`${endpoint}: ${guarantee}: ${answer}`, async () => {
        const response = await post(endpoint, form, headers());
        const { error } = oauthErrorSchema.parse(await response.json());
        assert.equal(`${response.status} ${error}`, answer);
        assert.equal(response.headers.get('cache-control'), 'no-store');
      });
    }

    it(`${endpoint}: a parameter occurs once, and a body is a form: 400 invalid_request`, async () => {
      for (const [type, body] of [
        ['application/x-www-form-urlencoded', 'token=a&token=b'],
        ['application/json', '{"token":"a"}'],
      ] as const) {
        const response = await fetch(`${service.url}/oauth/${endpoint}`, {
          method: 'POST',
          headers: { ...basicOf(agent), 'content-type': type },
          body,
        });
        assert.equal(response.status, 400);
        assert.equal(oauthErrorSchema.parse(await response.json()).error, 'invalid_request');
      }
    });
  }
});
