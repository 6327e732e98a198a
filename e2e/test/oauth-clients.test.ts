import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { decodeJwt } from 'jose';
import { registerAgent } from './mesh/agents.ts';
import { stack } from './mesh/gateway.ts';
import { oauth4webapi } from './oauth-libraries/oauth4webapi.ts';
import { openidClient } from './oauth-libraries/openid-client.ts';
import type { GrantedToken, OAuthSession } from './oauth-libraries/session.ts';

const { edge } = stack();
const issuer = new URL(edge.https);
const search = new URL('/v1/tools/serpapi/search', issuer);
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** The libraries use the platform's `fetch` as it is: the platform has to trust the stack's authority. */
before(() => setDefaultCACertificates([...getCACertificates('default'), readFileSync(edge.ca, 'utf8')]));

/** Whether the gateway carries a call out for the token: 200, or the code of the refusal. */
async function callWith(session: OAuthSession, token: GrantedToken): Promise<string> {
  const response = await session
    .post(search, { q: 'tea' }, token)
    .catch((error: { response?: Response; cause?: unknown }) => refusalOf(error));
  if (response.status === 200) return '200';
  return ((await response.json()) as { code: string }).code;
}

/** The libraries throw for a challenge; the response is what they threw about. */
function refusalOf(error: { response?: Response; cause?: unknown }): Response {
  if (error.response instanceof Response) return error.response;
  throw error;
}

for (const library of [oauth4webapi, openidClient]) {
  describe(`an unmodified ${library.name}, knowing the issuer alone`, () => {
    let session: OAuthSession;
    before(async () => {
      session = await library.connect(issuer, await registerAgent({ role: 'scraper' }));
    });

    it('gets a token by private_key_jwt and makes a call', async () => {
      const token = await session.grant({ scope: 'serpapi:search' });
      assert.deepEqual([token.tokenType, token.scope, token.expiresIn], ['bearer', 'serpapi:search', 900]);
      assert.equal(await callWith(session, token), '200');
    });

    it('gets a token by a secret', async () => {
      const client = await registerAgent({ role: 'scraper', authMethod: 'client_secret_basic' });
      const token = await (await library.connect(issuer, client)).grant({});
      assert.equal(await callWith(session, token), '200');
    });

    it('asks for the gateway as resource (RFC 8707)', async () => {
      const token = await session.grant({ resource: edge.https });
      assert.equal(decodeJwt(token.accessToken).aud, edge.https);
    });

    it('binds a token to its key (DPoP), and nobody else can use it', async () => {
      const token = await session.grant({}, { isBound: true });
      assert.equal(token.tokenType, 'dpop');
      assert.equal(await callWith(session, token), '200');
      assert.equal(await callWith(session, { ...token, tokenType: 'bearer' }), 'token.invalid');
      const other = await library.connect(issuer, await registerAgent({ role: 'scraper' }));
      assert.equal(await callWith(other, token), 'token.invalid');
    });

    it('asks about its token, and ends it', async () => {
      const token = await session.grant({});
      const told = await session.introspect(token.accessToken);
      const { sub, jti, exp } = decodeJwt(token.accessToken);
      assert.deepEqual([told.active, told.sub, told.jti, told.exp], [true, sub, jti, exp]);
      await session.revoke(token.accessToken);
      assert.deepEqual(await session.introspect(token.accessToken), { active: false });
    });

    it('exchanges another agent’s token for one that carries less', async () => {
      const actor = await library.connect(issuer, await registerAgent({ role: 'scraper' }));
      const subject = await session.grant({});
      const token = await actor.exchange({
        subject_token: subject.accessToken,
        subject_token_type: accessTokenType,
        scope: 'serpapi:search',
      });
      const claims = decodeJwt(token.accessToken);
      assert.equal(claims.sub, decodeJwt(subject.accessToken).sub);
      assert.equal((claims.act as { sub: string }).sub, claims.client_id);
      assert.equal(await callWith(actor, token), '200');
    });
  });
}
