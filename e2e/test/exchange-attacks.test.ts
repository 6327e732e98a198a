import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { accessTokenTypeUri, tokenExchangeGrantType } from '@4runr/contracts/token';
import { generateProofKey } from '@4runr/service-kit/testing';
import { type AgentWithSecret, registerWithSecret } from './mesh/agents.ts';
import { type Answer, ask, askAsOperator, callTool, problemOf, stack, tokenOf } from './mesh/gateway.ts';

/** Acting for another agent never gives more than either may do, and ends with either. */

const { edge } = stack();
let subject: AgentWithSecret;
let actor: AgentWithSecret;
before(async () => {
  subject = await registerWithSecret('scraper');
  actor = await registerWithSecret('scraper');
});

type Form = Readonly<Record<string, string>>;

function post(path: string, agent: AgentWithSecret, form: Form, dpop?: string): Promise<Answer> {
  const basic = Buffer.from(`${agent.clientId}:${agent.clientSecret}`).toString('base64');
  return ask(path, {
    method: 'POST',
    headers: {
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...(dpop === undefined ? {} : { dpop }),
    },
    body: new URLSearchParams(form).toString(),
  });
}

const accessTokenOf = ({ json, text }: Answer): string => {
  const { access_token: token } = json as { access_token?: string };
  assert.ok(token !== undefined, text);
  return token;
};

const own = async (agent: AgentWithSecret, form: Form = {}) =>
  accessTokenOf(await post('/oauth/token', agent, { grant_type: 'client_credentials', ...form }));

const exchange = (
  subjectToken: string,
  { by = actor, ...form }: { by?: AgentWithSecret; scope?: string } = {},
) =>
  post('/oauth/token', by, {
    grant_type: tokenExchangeGrantType,
    subject_token: subjectToken,
    subject_token_type: accessTokenTypeUri,
    ...form,
  });

const codeWith = async (token: string, action = 'serpapi/search', params: object = { q: 'tea' }) => {
  const answer = await callTool(action, params, { token });
  return answer.status === 200 ? '200' : problemOf(answer).code;
};

const errorOf = ({ json }: Answer) => (json as { error: string }).error;

describe('acting for another agent gives no more than its token carries', () => {
  it('not in scopes', async () => {
    const narrow = await own(subject, { scope: 'serpapi:search' });
    for (const scope of ['http_fetch:get', 'serpapi:*', '*:*', 'agents:write'])
      assert.equal(errorOf(await exchange(narrow, { scope })), 'invalid_scope', scope);
  });

  it('not for an operator', async () => {
    assert.equal(errorOf(await exchange(await tokenOf('operator'))), 'invalid_request');
  });

  it('not by a bound token without its key', async () => {
    const key = await generateProofKey();
    const prove = (nonce?: string) => key.prove({ method: 'POST', url: `${edge.https}/oauth/token`, nonce });
    const form = { grant_type: 'client_credentials' };
    const told = await post('/oauth/token', subject, form, await prove());
    const bound = await post('/oauth/token', subject, form, await prove(String(told.headers['dpop-nonce'])));
    assert.equal(errorOf(await exchange(accessTokenOf(bound))), 'invalid_request');
  });
});

describe('acting for another agent gives no more than policy gives both', () => {
  it('not what the actor may not do itself', async () => {
    const engager = await registerWithSecret('engager');
    const token = accessTokenOf(await exchange(await own(subject), { by: engager }));
    assert.equal(await codeWith(token), 'policy.denied');
  });

  it('not what the subject may not do itself', async () => {
    const engager = await registerWithSecret('engager');
    const token = accessTokenOf(await exchange(await own(subject), { by: engager }));
    const mail = { to: 'ada@company.com', subject: 'Hello', text: 'Hello' };
    assert.equal(await codeWith(token, 'gmail_send/send', mail), 'policy.denied');
  });
});

describe('an exchanged token ends', () => {
  const endings: Readonly<
    Record<string, (parts: { parent: string; by: AgentWithSecret }) => Promise<Answer>>
  > = {
    'with the token that it came from': ({ parent }) => post('/oauth/revoke', subject, { token: parent }),
    'with the tokens of the actor': ({ by }) =>
      askAsOperator(`/v1/agents/${by.id}/revoke-tokens`, 'POST', {}),
    'with the tokens of the subject': () =>
      askAsOperator(`/v1/agents/${subject.id}/revoke-tokens`, 'POST', {}),
  };
  for (const [when, end] of Object.entries(endings)) {
    it(when, async () => {
      const by = await registerWithSecret('scraper');
      const parent = await own(subject);
      const token = accessTokenOf(await exchange(parent, { by }));
      assert.equal(await codeWith(token), '200');
      const answer = await end({ parent, by });
      assert.equal(answer.status, 200, answer.text);
      while ((await codeWith(token)) === '200');
      assert.equal(await codeWith(token), 'token.revoked');
    });
  }
});

it('a client ends no token but its own', async () => {
  const token = await own(subject);
  assert.equal((await post('/oauth/revoke', actor, { token })).status, 200);
  assert.equal(await codeWith(token), '200');
  assert.deepEqual((await post('/oauth/introspect', actor, { token })).json, { active: false });
});
