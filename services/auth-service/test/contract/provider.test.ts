import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  addAgentKeyExample,
  addAgentKeyResponseExample,
  addAgentKeyResponseSchema,
  agentExample,
  agentListExample,
  agentListSchema,
  agentSchema,
  type CreateAgent,
  type CreateAgentResponse,
  createAgentExample,
  createAgentResponseExample,
  createAgentResponseSchema,
  createAgentWithoutKeyExample,
  createAgentWithSecretExample,
  createAgentWithSecretResponseExample,
  revokeAgentTokensResponseSchema,
  updateAgentExample,
} from '@4runr/contracts/agent';
import {
  accessTokenClaimsExample,
  authorizationServerMetadataExample,
  authorizationServerMetadataSchema,
  introspectionResponseExample,
  introspectionResponseSchema,
  jwksExample,
  jwksSchema,
  oauthErrorExample,
  oauthErrorSchema,
  tokenResponseExample,
  tokenResponseSchema,
} from '@4runr/contracts/token';
import { decodeJwt } from 'jose';
import {
  type AuthServiceUnderTest,
  issuer,
  operatorClientId,
  operatorHeaders,
  postAgent,
  postToken,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { tokenForm } from '../fixtures/client-key.ts';
import { createOperatorClient } from '../fixtures/operator-client.ts';

let service: AuthServiceUnderTest;
before(async () => {
  service = await startAuthService();
});
after(() => service.stop());

async function registered(body: CreateAgent): Promise<CreateAgentResponse> {
  const response = await postAgent(service, body);
  assert.equal(response.status, 201);
  return createAgentResponseSchema.strict().parse(await response.json());
}

const membersOf = (value: object) => Object.keys(value).sort();

describe('what auth-service answers has the members of the contracts’ examples, and no others', () => {
  it('metadata: the example to the letter', async () => {
    const response = await fetch(`${service.url}/.well-known/oauth-authorization-server`);
    assert.equal(response.headers.get('cache-control'), 'public, max-age=300');
    const metadata = authorizationServerMetadataSchema.strict().parse(await response.json());
    assert.deepEqual(metadata, authorizationServerMetadataExample);
  });

  it('JWKS: public members alone, cacheable', async () => {
    const response = await fetch(`${service.url}/.well-known/jwks.json`);
    assert.equal(response.headers.get('cache-control'), 'public, max-age=300');
    const { keys } = jwksSchema.strict().parse(await response.json());
    const [example = {}] = jwksExample.keys;
    assert.deepEqual(keys.map(membersOf), [membersOf(example), membersOf(example)]);
  });

  it('token and its claims', async () => {
    const assertion = await service.operatorKey.assert(operatorClientId, issuer);
    const body: unknown = await (await postToken(service.url, tokenForm(assertion))).json();
    const token = tokenResponseSchema.strict().parse(body);
    assert.deepEqual(membersOf(token), membersOf(tokenResponseExample));
    assert.deepEqual(membersOf(decodeJwt(token.access_token)), membersOf(accessTokenClaimsExample));
  });

  it('introspection of a token', async () => {
    const proofOfClient = () => service.operatorKey.assert(operatorClientId, issuer);
    const issued = await postToken(service.url, tokenForm(await proofOfClient()));
    const { access_token: token } = tokenResponseSchema.parse(await issued.json());
    const body = tokenForm(await proofOfClient(), { grant_type: undefined, token });
    const response = await fetch(`${service.url}/oauth/introspect`, { method: 'POST', body });
    const introspected = introspectionResponseSchema.parse(await response.json());
    const { cnf: _bound, ...unbound } = introspectionResponseExample as { cnf?: unknown };
    assert.deepEqual(membersOf(introspected), membersOf(unbound));
  });

  it('refusal of a token', async () => {
    const response = await postToken(service.url, tokenForm('garbage'));
    assert.deepEqual(
      membersOf(oauthErrorSchema.strict().parse(await response.json())),
      membersOf(oauthErrorExample),
    );
  });
});

describe('what consumers send by the contracts is taken', () => {
  it('a change of an agent, keys for it, and the end of its tokens', async () => {
    const operator = await createOperatorClient(service);
    const { id } = await registered({
      ...createAgentExample,
      jwks: { keys: [service.operatorKey.publicJwk] },
    });
    const headers = { 'if-match': '*' };
    const changed = await operator.send(`PATCH /v1/agents/${id}`, { body: updateAgentExample, headers });
    const { description: _gone, ...withoutDescription } = agentExample;
    const agent = agentSchema.strict().parse(await changed.json());
    assert.deepEqual(membersOf(agent), membersOf(withoutDescription));

    const added = await operator.send(`POST /v1/agents/${id}/keys`, { body: addAgentKeyExample });
    const { privateKey: _made, ...withoutPrivateKey } = addAgentKeyResponseExample;
    const key = addAgentKeyResponseSchema.strict().parse(await added.json());
    assert.deepEqual(membersOf(key), membersOf(withoutPrivateKey));

    const revoked = await operator.send(`POST /v1/agents/${id}/revoke-tokens`);
    revokeAgentTokensResponseSchema.strict().parse(await revoked.json());
  });

  it('a registration with own keys', async () => {
    const response = await registered(createAgentExample);
    const { privateKey: _made, ...withoutPrivateKey } = createAgentResponseExample;
    assert.deepEqual(membersOf(response), membersOf(withoutPrivateKey));
  });

  it('a registration without keys', async () => {
    const { description: _none, ...withoutDescription } = createAgentResponseExample;
    assert.deepEqual(
      membersOf(await registered(createAgentWithoutKeyExample)),
      membersOf(withoutDescription),
    );
  });

  it('a registration with a secret', async () => {
    const { description: _none, ...example } = createAgentWithSecretResponseExample;
    const response = await registered(createAgentWithSecretExample);
    assert.deepEqual(membersOf(response), membersOf(example));
  });

  it('a list', async () => {
    const response = await fetch(`${service.url}/v1/agents?limit=1`, {
      headers: await operatorHeaders(service),
    });
    const list = agentListSchema.strict().parse(await response.json());
    assert.deepEqual(membersOf(list), membersOf(agentListExample));
    assert.equal(list.items.length, 1);
  });
});
