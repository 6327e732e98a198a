import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { policyListSchema, policyRecordSchema } from '@4runr/contracts/policy';
import { problemSchema } from '@4runr/contracts/problem';
import { revokeToken } from '@4runr/contracts/revocation';
import { policyVersion } from '@4runr/policy-engine';
import {
  createSeverableLink,
  generateProofKey,
  type SeverableLink,
  writeRevocation,
} from '@4runr/service-kit/testing';
import { builtInPolicies } from '../../src/domain/built-in-policies.ts';
import { issuer, startTokenIssuer, type TokenIssuer } from '../fixtures/operator-tokens.ts';
import {
  createServiceDatabase,
  eventually,
  type PolicyServiceUnderTest,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let link: SeverableLink;
let tokens: TokenIssuer;
let service: PolicyServiceUnderTest;
before(async () => {
  database = await createServiceDatabase();
  link = await createSeverableLink(database.url);
  tokens = await startTokenIssuer();
  service = await startPolicyService(link.url, { AUTH_SERVICE_URL: tokens.url, PUBLIC_URL: issuer });
});
after(async () => {
  await service.stop();
  await tokens.close();
  await link.close();
  await database.drop();
});

async function get(path: string, headers?: Record<string, string>): Promise<Response> {
  const operator = headers ?? (await tokens.authorize({ role: 'operator', scope: 'policies:read' }));
  // With its default cache mode fetch adds `Cache-Control: no-cache`, by which an entity tag counts for nothing.
  return fetch(`${service.url}${path}`, { headers: operator, cache: 'no-cache' });
}

async function assertProblem(response: Response, status: number, code: string): Promise<void> {
  assert.deepEqual([response.status, problemSchema.parse(await response.json()).code], [status, code]);
}

describe('GET /v1/policies', () => {
  it('lists policies by name, a page at a time', async () => {
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = policyListSchema.parse(await (await get(`/v1/policies?limit=2${query}`)).json());
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    assert.deepEqual(names, ['engager', 'enricher', 'scraper']);
  });

  for (const query of [
    'limit=0',
    'limit=x',
    'limit=1000',
    'cursor=',
    'cursor=A',
    'page=2',
    'limit=1&limit=2',
  ]) {
    it(`refuses the query ${query}`, async () => {
      await assertProblem(await get(`/v1/policies?${query}`), 400, 'request.invalid');
    });
  }
});

describe('GET /v1/policies/{name}', () => {
  const scraper = builtInPolicies.find(({ name }) => name === 'scraper');
  assert.ok(scraper);

  it('answers with the document and its version, which is the entity tag', async () => {
    const response = await get('/v1/policies/scraper');
    const record = policyRecordSchema.parse(await response.json());
    assert.deepEqual(record.document, scraper);
    assert.equal(record.version, policyVersion(scraper));
    assert.equal(response.headers.get('etag'), `"${record.version}"`);
  });

  it('answers 304 while the entity tag holds', async () => {
    const operator = await tokens.authorize({ role: 'operator', scope: 'policies:read' });
    const headers = { ...operator, 'if-none-match': `"${policyVersion(scraper)}"` };
    assert.equal((await get('/v1/policies/scraper', headers)).status, 304);
  });

  for (const name of ['nobody', 'A', '%00', '%ff', 'a'.repeat(300)]) {
    it(`does not find ${name.slice(0, 10)}`, async () => {
      const response = await get(`/v1/policies/${name}`);
      assert.ok(response.status === 404 || response.status === 400, String(response.status));
      problemSchema.parse(await response.json());
    });
  }
});

describe('operators’ calls', () => {
  it('need a token, of an operator, with the scope', async () => {
    await assertProblem(await get('/v1/policies', {}), 401, 'token.missing');
    await assertProblem(await get('/v1/policies', { authorization: 'Bearer x.y.z' }), 401, 'token.invalid');
    const agent = await tokens.authorize({ role: 'scraper', scope: 'policies:read' });
    await assertProblem(await get('/v1/policies', agent), 403, 'scope.insufficient');
    const other = await tokens.authorize({ role: 'operator', scope: 'agents:read' });
    await assertProblem(await get('/v1/policies/scraper', other), 403, 'scope.insufficient');
  });

  it('need a token that is not revoked', async () => {
    const operator = { role: 'operator', scope: 'policies:read', jti: 'tok_revoked' };
    const headers = await tokens.authorize(operator);
    assert.equal((await get('/v1/policies', headers)).status, 200);
    const exp = Math.floor(Date.now() / 1_000) + 300;
    await writeRevocation(service.redis.client, revokeToken({ jti: operator.jti, exp }));
    await eventually(async () => (await get('/v1/policies', headers)).status === 401, 10_000);
    await assertProblem(await get('/v1/policies', headers), 401, 'token.revoked');
  });

  it('with a bound token need a proof of its key', async () => {
    const key = await generateProofKey();
    const cnf = { jkt: key.jkt };
    const { authorization } = await tokens.authorize({ role: 'operator', scope: 'policies:read', cnf });
    const accessToken = authorization.replace('Bearer ', '');
    const prove = (nonce?: string) =>
      key.prove({ method: 'GET', url: `${issuer}/v1/policies`, accessToken, nonce });
    const present = (dpop: string) => get('/v1/policies', { authorization: `DPoP ${accessToken}`, dpop });
    await assertProblem(await get('/v1/policies', { authorization }), 401, 'token.invalid');
    const asked = await present(await prove());
    await assertProblem(asked, 401, 'token.invalid');
    const proof = await prove(asked.headers.get('dpop-nonce') ?? '');
    assert.equal((await present(proof)).status, 200);
    await assertProblem(await present(proof), 401, 'token.invalid');
  });

  it('by a method that is not there are answered 405 with those that are', async () => {
    const allowed: Record<string, string> = {
      '/v1/policies': 'POST, GET, HEAD',
      '/v1/policies/scraper': 'GET, HEAD, PUT, DELETE',
      '/v1/policies/scraper/versions': 'GET, HEAD',
      '/v1/policies/scraper/rollback': 'POST',
    };
    for (const [path, methods] of Object.entries(allowed)) {
      const response = await fetch(`${service.url}${path}`, { method: 'PATCH' });
      assert.equal(response.headers.get('allow'), methods);
      await assertProblem(response, 405, 'method.unsupported');
    }
  });

  it('are answered 503 while Postgres is away', async () => {
    await link.sever();
    try {
      await assertProblem(await get('/v1/policies'), 503, 'service.unavailable');
      await assertProblem(await get('/v1/policies/scraper'), 503, 'service.unavailable');
    } finally {
      await link.mend();
    }
  });
});
