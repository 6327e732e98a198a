import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CreateAgentResponse, clientSecretIdSchema, clientSecretSchema } from '@4runr/contracts/agent';
import { oauthErrorSchema, tokenResponseSchema } from '@4runr/contracts/token';
import { decodeJwt } from 'jose';
import {
  type AuthServiceUnderTest,
  basicHeaders,
  headerForm,
  issuer,
  operatorClientId,
  operatorHeaders,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { generateClientKey, tokenForm } from '../fixtures/client-key.ts';
import { queryDatabase } from '../fixtures/database.ts';

let service: AuthServiceUnderTest;
let agent: CreateAgentResponse;
let secret: string;
before(async () => {
  service = await startAuthService();
  agent = await registerAgent(service, [], { authMethod: 'client_secret_basic' });
  secret = agent.clientSecret ?? '';
});
after(() => service.stop());

const askWith = (headers: { authorization: string }, url = service.url) =>
  postToken(url, headerForm(), headers);

describe('an agent with a secret', () => {
  it('is shown it once, and has no key', async () => {
    clientSecretSchema.parse(secret);
    assert.deepEqual([agent.privateKey, agent.jwks.keys], [undefined, []]);
    const response = await fetch(`${service.url}/v1/agents/${agent.id}`, {
      headers: await operatorHeaders(service),
    });
    const text = await response.text();
    assert.equal(text.includes(secret), false);
    const [shown] = (JSON.parse(text) as CreateAgentResponse).secrets ?? [];
    assert.equal(clientSecretIdSchema.safeParse(shown?.kid).success, true);
  });

  it('gets tokens with it, on every replica and after a restart', async () => {
    const replica = await service.startReplica();
    for (const url of [service.url, replica.url]) {
      const response = await askWith(basicHeaders(agent.clientId, secret), url);
      assert.equal(response.status, 200);
      const { access_token, token_type } = tokenResponseSchema.strict().parse(await response.json());
      assert.deepEqual([token_type, decodeJwt(access_token).sub], ['Bearer', agent.id]);
    }
  });

  it('leaves nothing in the database that a token could be had with', async () => {
    const rows = await queryDatabase(
      service.databaseUrl,
      `select * from auth.client_secrets, auth.clients, auth.sealed_secrets, auth.operator_changes
       where clients.id = client_secrets.client and operator_changes.target_id = clients.id`,
    );
    assert.ok(rows.length > 0);
    assert.equal(JSON.stringify(rows).includes(secret.slice(4)), false);
  });
});

describe('a secret that does not serve', () => {
  const comparable = async (response: Response) => ({
    status: response.status,
    body: await response.text(),
    headers: [...response.headers].filter(([name]) => !['date', 'x-correlation-id'].includes(name)),
  });

  it('gets the same answer whether the client is unknown, has another secret, or other means', async () => {
    const withKey = await registerAgent(service, [await generateClientKey()]);
    const answers = await Promise.all([
      askWith(basicHeaders(agent.clientId, `${secret}x`)),
      askWith(basicHeaders('agt_unknown', secret)),
      askWith(basicHeaders(withKey.clientId, secret)),
      askWith(basicHeaders(operatorClientId, secret)),
    ]).then((responses) => Promise.all(responses.map(comparable)));
    const [wrong, ...others] = answers;
    assert.equal(wrong?.status, 401);
    for (const other of others) assert.deepEqual(other, wrong);
  });

  it('is answered 401 with a challenge', async () => {
    const response = await askWith(basicHeaders(agent.clientId, 'guess'));
    assert.equal(response.headers.get('www-authenticate'), 'Basic realm="4runr"');
    assert.equal(oauthErrorSchema.parse(await response.json()).error, 'invalid_client');
  });

  it('is one that came in the body', async () => {
    const form = headerForm({ client_id: agent.clientId, client_secret: secret });
    assert.equal((await postToken(service.url, form)).status, 401);
  });

  it('an assertion does not serve an agent with a secret', async () => {
    const key = await generateClientKey();
    const response = await postToken(service.url, tokenForm(await key.assert(agent.clientId, issuer)));
    assert.equal(response.status, 401);
  });
});

describe('the life of an agent’s tokens', () => {
  for (const tokenTtlSeconds of [60, 3_600]) {
    it(`is ${tokenTtlSeconds} s where that was asked for`, async () => {
      const { clientId, clientSecret } = await registerAgent(service, [], {
        authMethod: 'client_secret_basic',
        tokenTtlSeconds,
      });
      const response = await askWith(basicHeaders(clientId, clientSecret ?? ''));
      const { access_token, expires_in } = tokenResponseSchema.parse(await response.json());
      const { iat = 0, exp = 0 } = decodeJwt(access_token);
      assert.deepEqual([expires_in, exp - iat], [tokenTtlSeconds, tokenTtlSeconds]);
    });
  }
});
