import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { generateProofKey, type ProofChange, type ProofKey } from '@4runr/service-kit/testing';
import fc from 'fast-check';
import { type Answered, problemIn, send } from '../fixtures/calling.ts';
import { aRead, startProxy } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';
import { issuer } from '../fixtures/token-issuer.ts';

const edgeUrl = 'http://localhost:8080';
const proxy = withRunningProxy({ EDGE_URLS: edgeUrl });
let other: RunningService;
let key: ProofKey;
let token: string;
let nonce: string;
const prove = (change: ProofChange = {}, request = { method: 'POST', url: `${issuer}${aRead.path}` }) =>
  key.prove({ ...request, nonce, accessToken: token }, change);

function callWith(
  dpop: string | string[],
  { authorization = `DPoP ${token}`, url = proxy.url } = {},
): Promise<Answered> {
  return send(url, {
    path: aRead.path,
    body: JSON.stringify(aRead.params),
    headers: { 'content-type': 'application/json', authorization, dpop },
  });
}

describe('DPoP (RFC 9449)', () => {
  before(async () => {
    other = await startProxy(proxy.neighbours);
    key = await generateProofKey();
    token = await proxy.neighbours.issuer.token({ cnf: { jkt: key.jkt } });
    nonce = String((await callWith(await prove({ claims: { nonce: undefined } }))).headers['dpop-nonce']);
  });
  after(() => other.stop());

  describe('a call with a bound token', () => {
    it('is made by whoever proves to hold its key', async () => {
      const { status, headers } = await callWith(await prove());
      assert.deepEqual([status, headers['dpop-nonce']], [200, undefined]);
    });

    it('may come by any URL of the edge, whatever its query', async () => {
      const dpop = await prove({}, { method: 'POST', url: `${edgeUrl}${aRead.path}` });
      const headers = { authorization: `DPoP ${token}`, dpop };
      assert.equal((await proxy.call({ path: `${aRead.path}?a=b`, headers })).status, 200);
    });

    it('may ask for the tools as well', async () => {
      const request = { method: 'GET', url: `${issuer}/v1/tools` };
      const headers = { authorization: `DPoP ${token}`, dpop: await prove({}, request) };
      assert.equal((await send(proxy.url, { method: 'GET', path: '/v1/tools', headers })).status, 200);
    });

    it('without a fresh nonce is told which to use, and that one serves on every replica', async () => {
      const refused = await callWith(await prove({ claims: { nonce: undefined } }));
      assert.equal(problemIn(refused).code, 'token.invalid');
      assert.match(
        String(refused.headers['www-authenticate']),
        /^DPoP realm="4runr", error="use_dpop_nonce"/,
      );
      const fresh = String(refused.headers['dpop-nonce']);
      const proof = await prove({ claims: { nonce: fresh } });
      assert.equal((await callWith(proof, { url: other.url })).status, 200);
    });

    it('is refused by another replica when its proof was used', async () => {
      const dpop = await prove();
      assert.equal((await callWith(dpop)).status, 200);
      const again = await callWith(dpop, { url: other.url });
      assert.equal(problemIn(again).code, 'token.invalid');
      assert.match(String(again.headers['www-authenticate']), /error="invalid_dpop_proof"/);
    });
  });

  describe('no call is made', () => {
    const attacks: Readonly<Record<string, () => Promise<Answered>>> = {
      'with a bound token as a bearer token': async () =>
        callWith(await prove(), { authorization: `Bearer ${token}` }),
      'with a bound token and no proof': () => proxy.call({ headers: { authorization: `DPoP ${token}` } }),
      'with two proofs, even if both are right': async () => callWith([await prove(), await prove()]),
      'with a proof of another key': async () => {
        const stranger = await generateProofKey();
        const request = { method: 'POST', url: `${issuer}${aRead.path}`, nonce, accessToken: token };
        return callWith(await stranger.prove(request));
      },
      'with a proof for another call': async () =>
        callWith(await prove({}, { method: 'POST', url: `${issuer}/v1/tools/mail/send` })),
      'with a proof for another method': async () =>
        callWith(await prove({}, { method: 'GET', url: `${issuer}${aRead.path}` })),
      'with a proof for another token': async () => callWith(await prove({ claims: { ath: 'x' } })),
      'with a token that is bound to no key, by DPoP': async () => {
        const unbound = await proxy.neighbours.issuer.token();
        const request = { method: 'POST', url: `${issuer}${aRead.path}`, nonce, accessToken: unbound };
        return callWith(await key.prove(request), { authorization: `DPoP ${unbound}` });
      },
    };
    for (const [what, attack] of Object.entries(attacks)) {
      it(what, async () => {
        const answered = await attack();
        assert.equal(problemIn(answered).code, 'token.invalid');
        assert.match(String(answered.headers['www-authenticate']), /DPoP realm="4runr".*algs="/);
        assert.deepEqual(
          proxy.neighbours.policy.received.map(({ path }) => path),
          [],
        );
      });
    }

    it('with whatever there is in place of a proof: no 5xx', async () => {
      const odd = fc.string({ unit: 'binary-ascii' }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, ''));
      await fc.assert(
        fc.asyncProperty(odd, async (dpop) => {
          assert.equal((await callWith(dpop)).status, 401);
        }),
        { numRuns: 100 },
      );
    });
  });

  describe('what is told of DPoP', () => {
    it('stands in the metadata of the resource (RFC 9728)', async () => {
      const { text } = await send(proxy.url, {
        method: 'GET',
        path: '/.well-known/oauth-protected-resource',
      });
      const metadata = JSON.parse(text) as Record<string, unknown>;
      assert.equal(metadata.dpop_bound_access_tokens_required, false);
      assert.ok((metadata.dpop_signing_alg_values_supported as string[]).includes('ES256'));
    });

    it('stands in every challenge, beside the scheme Bearer', async () => {
      const { headers } = await send(proxy.url, { method: 'GET', path: '/v1/tools' });
      assert.match(String(headers['www-authenticate']), /^Bearer realm="4runr", DPoP realm="4runr", algs="/);
    });
  });
});
