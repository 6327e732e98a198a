import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { generateProofKey, type ProofChange, type ProofKey } from '@4runr/service-kit/testing';
import { registerAgent } from './mesh/agents.ts';
import { type Answer, ask, stack } from './mesh/gateway.ts';

/** A bound token is worth nothing to who does not hold its key, whatever else they have seen on the wire. */

const { edge } = stack();
const path = '/v1/tools/serpapi/search';
const url = `${edge.https}${path}`;

let key: ProofKey;
let other: ProofKey;
let accessToken: string;
let otherToken: string;
let nonce: string;
before(async () => {
  [key, other] = await Promise.all([generateProofKey(), generateProofKey()]);
  const agent = await registerAgent({ role: 'scraper', authMethod: 'client_secret_basic' });
  assert.ok('clientSecret' in agent);
  const basic = Buffer.from(`${agent.clientId}:${agent.clientSecret}`).toString('base64');
  nonce = (await fetchBound(basic, key)).nonce;
  accessToken = (await fetchBound(basic, key)).token;
  otherToken = (await fetchBound(basic, other)).token;
});

async function fetchBound(basic: string, by: ProofKey): Promise<{ token: string; nonce: string }> {
  const answer = await ask('/oauth/token', {
    method: 'POST',
    headers: {
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
      dpop: await by.prove({ method: 'POST', url: `${edge.https}/oauth/token`, nonce }),
    },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token = '' } = answer.json as { access_token?: string };
  return { token, nonce: String(answer.headers['dpop-nonce'] ?? '') };
}

function call(headers: Readonly<Record<string, string | string[]>>): Promise<Answer> {
  const json = { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers: { ...json, ...headers }, body: '{"q":"tea"}' });
}

const proof = (change: ProofChange = {}, by = key) =>
  by.prove({ method: 'POST', url, nonce, accessToken }, change);
const callWith = async (dpop: string) => call({ authorization: `DPoP ${accessToken}`, dpop });

function assertRefused(answer: Answer): void {
  const { code } = answer.json as { code: string };
  assert.deepEqual([answer.status, code], [401, 'token.invalid'], answer.text);
  assert.match(String(answer.headers['www-authenticate']), /DPoP /);
}

const now = () => Math.floor(Date.now() / 1_000);
/** What is protected, and what is tried against it. */
const attacks: Readonly<Record<string, Readonly<Record<string, () => Promise<string>>>>> = {
  'a proof is for one request': {
    'one for another method': () => proof({ claims: { htm: 'GET' } }),
    'one for another path': () => proof({ claims: { htu: `${edge.https}/v1/tools/openai/chat` } }),
    'one for another server': () => proof({ claims: { htu: `https://elsewhere.test${path}` } }),
    'one without an id': () => proof({ claims: { jti: undefined } }),
  },
  'a proof is for one token': {
    'one for another token': () => key.prove({ method: 'POST', url, nonce, accessToken: otherToken }),
    'one for no token': () => key.prove({ method: 'POST', url, nonce }),
  },
  'only the key that the token is bound to proves anything': {
    'one by another key': () => proof({}, other),
    'one of another type': () => proof({ header: { typ: 'JWT' } }),
    garbage: async () => 'garbage',
  },
  'a proof is made now': {
    'one of an hour ago': () => proof({ claims: { iat: now() - 3_600 } }),
    'one of the future': () => proof({ claims: { iat: now() + 3_600 } }),
    'one with a nonce that is not ours': () => proof({ claims: { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' } }),
    'one without a nonce': () => proof({ claims: { nonce: undefined } }),
  },
};

for (const [guarantee, rows] of Object.entries(attacks)) {
  describe(`${guarantee}: a bound token is refused with`, () => {
    for (const [what, forge] of Object.entries(rows)) {
      it(what, async () => assertRefused(await callWith(await forge())));
    }
  });
}

describe('a bound token is refused', () => {
  it('with a proof that was used before', async () => {
    const used = await proof();
    assert.equal((await callWith(used)).status, 200);
    assertRefused(await callWith(used));
  });

  it('with two proofs', async () => {
    const dpop = [await proof(), await proof()];
    assertRefused(await call({ authorization: `DPoP ${accessToken}`, dpop }));
  });

  it('as a bearer token, with its proof and without', async () => {
    assertRefused(await call({ authorization: `Bearer ${accessToken}` }));
    assertRefused(await call({ authorization: `Bearer ${accessToken}`, dpop: await proof() }));
  });

  it('without any proof', async () => assertRefused(await call({ authorization: `DPoP ${accessToken}` })));
});

it('the key’s holder is believed, by every URL of the edge', async () => {
  assert.equal((await callWith(await proof())).status, 200);
  assert.equal((await callWith(await proof({ claims: { htu: `${edge.http}${path}` } }))).status, 200);
});
