import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CreateAgentResponse } from '@4runr/contracts/agent';
import {
  type AccessTokenClaims,
  accessTokenClaimsSchema,
  accessTokenTypeUri,
  oauthErrorSchema,
  type TokenResponse,
  tokenExchangeGrantType,
  tokenResponseSchema,
} from '@4runr/contracts/token';
import { generateProofKey, type ProofKey } from '@4runr/service-kit/testing';
import { decodeJwt } from 'jose';
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

let service: AuthServiceUnderTest;
let subject: CreateAgentResponse;
let actor: CreateAgentResponse;
let subjectToken: string;
before(async () => {
  service = await startAuthService({ DPOP_NONCE: 'off' });
  const authMethod = 'client_secret_basic';
  subject = await registerAgent(service, [], { authMethod, role: 'analyst' });
  actor = await registerAgent(service, [], { authMethod, role: 'reader' });
  subjectToken = (await own(subject, { scope: 'serpapi:* http_fetch:get' })).access_token;
});
after(() => service.stop());

type Change = Readonly<Record<string, string>>;
const credentials = ({ clientId, clientSecret = '' }: CreateAgentResponse) =>
  basicHeaders(clientId, clientSecret);

async function own(agent: CreateAgentResponse, form: Change, headers: Change = {}): Promise<TokenResponse> {
  const response = await postToken(service.url, headerForm(form), { ...credentials(agent), ...headers });
  return tokenResponseSchema.parse(await response.json());
}

function exchange(change: Change = {}, headers: Change = {}): Promise<Response> {
  const form = {
    grant_type: tokenExchangeGrantType,
    subject_token: subjectToken,
    subject_token_type: accessTokenTypeUri,
    ...change,
  };
  return postToken(service.url, headerForm(form), { ...credentials(actor), ...headers });
}

async function exchanged(change: Change = {}, headers: Change = {}): Promise<AccessTokenClaims> {
  const response = await exchange(change, headers);
  const { access_token, issued_token_type } = tokenResponseSchema.strict().parse(await response.json());
  assert.equal(issued_token_type, accessTokenTypeUri);
  return accessTokenClaimsSchema.strict().parse(decodeJwt(access_token));
}

const refusal = async (response: Response) => [
  response.status,
  oauthErrorSchema.parse(await response.json()).error,
];

describe('an agent that holds another agent’s token', () => {
  it('gets one with that subject and itself as actor, for less and for a shorter time', async () => {
    const claims = await exchanged({ scope: 'serpapi:search' });
    const before = decodeJwt<AccessTokenClaims>(subjectToken);
    assert.deepEqual(
      [claims.sub, claims.role, claims.client_id, claims.scope, claims.parents],
      [subject.id, 'analyst', actor.clientId, 'serpapi:search', [before.jti]],
    );
    assert.deepEqual(claims.act, { sub: actor.id, client_id: actor.clientId, role: 'reader', epoch: 0 });
    assert.ok(claims.exp < before.exp);
  });

  it('hands it on to a third, and every one of them is named', async () => {
    const first = await exchange();
    const { access_token } = tokenResponseSchema.parse(await first.json());
    const third = await registerAgent(service, [], { authMethod: 'client_secret_basic' });
    const claims = await exchanged({ subject_token: access_token }, credentials(third));
    assert.deepEqual([claims.sub, claims.act?.sub, claims.act?.act?.sub], [subject.id, third.id, actor.id]);
    assert.equal(claims.parents?.length, 2);
  });

  const refusals: Readonly<Record<string, [change: Change, error: string]>> = {
    'more than that token carries': [{ scope: 'openai:chat' }, 'invalid_scope'],
    everything: [{ scope: '*:*' }, 'invalid_scope'],
    'a scope of operators': [{ scope: 'agents:write' }, 'invalid_scope'],
    'another audience': [{ audience: 'https://elsewhere.test' }, 'invalid_target'],
    'another resource': [{ resource: 'https://elsewhere.test' }, 'invalid_target'],
    'another type of token': [
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    'with an actor token': [{ actor_token: 'x', actor_token_type: accessTokenTypeUri }, 'invalid_request'],
    'for a token of another type': [
      { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
      'invalid_request',
    ],
    'for garbage': [{ subject_token: 'garbage' }, 'invalid_request'],
    'for nothing': [{ subject_token: '' }, 'invalid_request'],
  };
  for (const [what, [change, error]] of Object.entries(refusals)) {
    it(`gets nothing: ${what}`, async () => {
      assert.deepEqual(await refusal(await exchange(change)), [400, error]);
    });
  }

  it('gets nothing for a token whose signature is not ours', async () => {
    const [header, claims] = subjectToken.split('.');
    const forged = [header, claims, 'A'.repeat(342)].join('.');
    assert.deepEqual(await refusal(await exchange({ subject_token: forged })), [400, 'invalid_request']);
  });

  it('gets nothing for a token of an operator', async () => {
    const { access_token } = await obtainToken(service.url, {
      id: operatorClientId,
      key: service.operatorKey,
    });
    assert.deepEqual(await refusal(await exchange({ subject_token: access_token })), [
      400,
      'invalid_request',
    ]);
  });

  it('gets nothing without proving who it is itself', async () => {
    assert.deepEqual(await refusal(await exchange({}, basicHeaders(actor.clientId, 'guess'))), [
      401,
      'invalid_client',
    ]);
  });
});

describe('a bound subject token', () => {
  let key: ProofKey;
  let bound: string;
  const prove = (by: ProofKey) => by.prove({ method: 'POST', url: `${issuer}/oauth/token` }, {});
  before(async () => {
    key = await generateProofKey();
    bound = (await own(subject, {}, { dpop: await prove(key) })).access_token;
  });

  it('gives a token that is bound to the same key', async () => {
    const claims = await exchanged({ subject_token: bound }, { dpop: await prove(key) });
    assert.deepEqual(claims.cnf, { jkt: key.jkt });
  });

  it('is worth nothing to who does not hold its key', async () => {
    const stolen = { subject_token: bound };
    assert.deepEqual(await refusal(await exchange(stolen)), [400, 'invalid_request']);
    const dpop = await prove(await generateProofKey());
    assert.deepEqual(await refusal(await exchange(stolen, { dpop })), [400, 'invalid_request']);
  });
});
