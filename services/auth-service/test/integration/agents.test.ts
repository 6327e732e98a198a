import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { get, type OutgoingHttpHeaders } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { agentListSchema, agentSchema, createAgentResponseSchema } from '@4runr/contracts/agent';
import { type Problem, problemSchema } from '@4runr/contracts/problem';
import { SignJWT } from 'jose';
import {
  type AuthServiceUnderTest,
  issuer,
  obtainToken,
  operatorClientId,
  operatorHeaders,
  postAgent,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, nowSeconds } from '../fixtures/client-key.ts';

let service: AuthServiceUnderTest;
let key: ClientKey;
before(async () => {
  service = await startAuthService();
  key = await generateClientKey('RS256');
});
after(() => service.stop());

async function problemOf(response: Response): Promise<Problem> {
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = problemSchema.parse(await response.json());
  assert.equal(problem.status, response.status);
  return problem;
}

/** The status without `fetch`, which adds `Cache-Control: no-cache` to a conditional request (Fetch standard, 4.6). */
function statusOf(url: string, headers: OutgoingHttpHeaders): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => resolve(response.resume().statusCode)).once(
      'error',
      reject,
    );
  });
}

const minimal = { name: 'Price watcher', role: 'scraper' };

describe('POST /v1/agents', () => {
  it('makes a key when none is given, and shows its private half once', async () => {
    const response = await postAgent(service, { ...minimal, description: 'Looks for prices' });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const created = createAgentResponseSchema.strict().parse(await response.json());
    assert.equal(response.headers.get('location'), `/v1/agents/${created.id}`);
    assert.match(created.privateKey ?? '', /^-----BEGIN PRIVATE KEY-----\n/);

    const headers = await operatorHeaders(service);
    const read = await fetch(`${service.url}/v1/agents/${created.id}`, { headers });
    const { privateKey: _shownOnce, ...rest } = created;
    assert.deepEqual(agentSchema.strict().parse(await read.json()), rest);
    assert.equal(read.headers.get('etag'), response.headers.get('etag'));
  });

  it('takes the agent’s own public keys and keeps nothing but them', async () => {
    const jwk = { ...key.publicJwk, kid: 'mine', use: 'sig', x5c: ['ignored'], ext: true };
    const response = await postAgent(service, { ...minimal, jwks: { keys: [jwk] } });
    const created = createAgentResponseSchema.parse(await response.json());
    assert.equal(created.privateKey, undefined);
    assert.deepEqual(created.jwks.keys, [{ kid: 'mine', ...key.publicJwk }]);
  });

  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' });
  const rows: readonly {
    guarantee: string;
    change: (own: Record<string, unknown>) => object;
    pointers: string[];
  }[] = [
    { guarantee: 'a name is required', change: () => ({ name: undefined }), pointers: ['/name'] },
    { guarantee: 'a name has no control characters', change: () => ({ name: 'a\0' }), pointers: ['/name'] },
    {
      guarantee: 'the role of operators is reserved',
      change: () => ({ role: 'operator' }),
      pointers: ['/role'],
    },
    { guarantee: 'roles have a form', change: () => ({ role: 'Root!' }), pointers: ['/role'] },
    {
      guarantee: 'unknown members are not ignored',
      change: () => ({ 'scope/s': [] }),
      pointers: ['/scope~1s'],
    },
    {
      guarantee: 'a private key is never taken',
      change: (own) => ({ jwks: { keys: [{ ...own, d: 'AQAB', p: 'AQAB' }] } }),
      pointers: ['/jwks/keys/0/d', '/jwks/keys/0/p'],
    },
    {
      guarantee: 'a symmetric key is no identity',
      change: () => ({ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }),
      pointers: ['/jwks/keys/0/k'],
    },
    {
      guarantee: 'RSA has 2048 bits or more',
      change: () => ({ jwks: { keys: [weak] } }),
      pointers: ['/jwks/keys/0/n'],
    },
    {
      guarantee: 'RSA has the exponent 65537',
      change: (own) => ({ jwks: { keys: [{ ...own, e: 'AQ' }] } }),
      pointers: ['/jwks/keys/0/e'],
    },
    {
      guarantee: 'key types are those we verify',
      change: () => ({ jwks: { keys: [{ kty: 'AKP', alg: 'ML-DSA-44' }] } }),
      pointers: ['/jwks/keys/0/kty'],
    },
    {
      guarantee: 'curves are those we verify',
      change: () => ({ jwks: { keys: [{ kty: 'EC', crv: 'P-521', x: 'AA', y: 'AA' }] } }),
      pointers: ['/jwks/keys/0/crv'],
    },
    {
      guarantee: 'a point lies on its curve',
      change: () => ({ jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] } }),
      pointers: ['/jwks/keys/0'],
    },
    {
      guarantee: 'a key is for signatures',
      change: (own) => ({ jwks: { keys: [{ ...own, use: 'enc' }] } }),
      pointers: ['/jwks/keys/0/use'],
    },
    {
      guarantee: 'a key is given once',
      change: (own) => ({ jwks: { keys: [own, own] } }),
      pointers: ['/jwks/keys/1'],
    },
    {
      guarantee: 'a kid is printable',
      change: (own) => ({ jwks: { keys: [{ ...own, kid: 'a\0b' }] } }),
      pointers: ['/jwks/keys/0/kid'],
    },
    { guarantee: 'a key set is not empty', change: () => ({ jwks: { keys: [] } }), pointers: ['/jwks/keys'] },
    {
      guarantee: 'a key set holds ten keys at most',
      change: (own) => ({ jwks: { keys: Array.from({ length: 11 }, () => own) } }),
      pointers: ['/jwks/keys'],
    },
    {
      guarantee: 'every fault is named at once',
      change: () => ({ role: 'operator', jwks: { keys: [{ kty: 'oct', k: 'AA' }] } }),
      pointers: ['/role', '/jwks/keys/0/k'],
    },
    {
      guarantee: 'secrets in bodies of requests are not offered',
      change: () => ({ authMethod: 'client_secret_post' }),
      pointers: ['/authMethod'],
    },
    {
      guarantee: 'an agent has either keys or a secret',
      change: (own) => ({ authMethod: 'client_secret_basic', jwks: { keys: [own] } }),
      pointers: ['/jwks'],
    },
    {
      guarantee: 'tokens live for a minute at least',
      change: () => ({ tokenTtlSeconds: 59 }),
      pointers: ['/tokenTtlSeconds'],
    },
    {
      guarantee: 'tokens live for an hour at most',
      change: () => ({ tokenTtlSeconds: 3_601 }),
      pointers: ['/tokenTtlSeconds'],
    },
  ];
  for (const { guarantee, change, pointers } of rows) {
    it(`${guarantee}: 422 at ${pointers.join(', ')}`, async () => {
      const problem = await problemOf(await postAgent(service, { ...minimal, ...change(key.publicJwk) }));
      assert.equal(problem.code, 'params.invalid');
      assert.deepEqual(
        problem.errors?.map(({ pointer }) => pointer),
        pointers,
      );
    });
  }

  const bodies: readonly { guarantee: string; body: string; type: string; code: string }[] = [
    { guarantee: 'broken JSON is refused', body: '{', type: 'application/json', code: 'request.invalid' },
    {
      guarantee: 'a form is not JSON',
      body: 'a=b',
      type: 'application/x-www-form-urlencoded',
      code: 'media_type.unsupported',
    },
    {
      guarantee: 'a body has a size',
      body: `"${'a'.repeat(1_100_000)}"`,
      type: 'application/json',
      code: 'body.too_large',
    },
    {
      guarantee: 'a registration is an object',
      body: 'null',
      type: 'application/json',
      code: 'params.invalid',
    },
  ];
  for (const { guarantee, body, type, code } of bodies) {
    it(`${guarantee}: ${code}`, async () => {
      const headers = { ...(await operatorHeaders(service)), 'content-type': type };
      const response = await fetch(`${service.url}/v1/agents`, { method: 'POST', headers, body });
      assert.equal((await problemOf(response)).code, code);
    });
  }

  it('a body is required: request.invalid', async () => {
    const response = await fetch(`${service.url}/v1/agents`, {
      method: 'POST',
      headers: await operatorHeaders(service),
    });
    assert.equal((await problemOf(response)).code, 'request.invalid');
  });
});

describe('GET /v1/agents', () => {
  it('walks through every agent once, in pages, in the order of registration', async () => {
    const own = await startAuthService();
    try {
      const created: string[] = [];
      for (let index = 0; index < 7; index += 1) created.push((await registerAgent(own, [key])).id);
      const headers = await operatorHeaders(own);
      const pages: string[][] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query = new URLSearchParams({ limit: '3', ...(cursor === '' ? {} : { cursor }) });
        const response = await fetch(`${own.url}/v1/agents?${query}`, { headers });
        const page = agentListSchema.strict().parse(await response.json());
        pages.push(page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      assert.deepEqual(
        pages.map((page) => page.length),
        [3, 3, 1],
      );
      assert.deepEqual(pages.flat(), created);
    } finally {
      await own.stop();
    }
  });

  it('does not list operators', async () => {
    const response = await fetch(`${service.url}/v1/agents?limit=100`, {
      headers: await operatorHeaders(service),
    });
    const { items } = agentListSchema.parse(await response.json());
    assert.equal(
      items.some(({ clientId }) => clientId === operatorClientId),
      false,
    );
  });

  it('narrows the list by status, role and part of the name, in pages', async () => {
    const own = await startAuthService();
    try {
      const headers = await operatorHeaders(own);
      const register = (name: string, role: string) => registerAgent(own, [key], { name, role });
      const [first, , third] = [
        await register('100% Sure_Thing', 'scraper'),
        await register('1000 sure things', 'scraper'),
        await register('SURE enough', 'enricher'),
      ];
      await fetch(`${own.url}/v1/agents/${third.id}`, {
        method: 'PATCH',
        headers: { ...headers, 'content-type': 'application/json', 'if-match': '*' },
        body: JSON.stringify({ status: 'suspended' }),
      });
      const listed = async (query: Record<string, string>) => {
        const names: string[] = [];
        for (let cursor: string | null = ''; cursor !== null; ) {
          const page = new URLSearchParams({ ...query, limit: '1', ...(cursor === '' ? {} : { cursor }) });
          const response = await fetch(`${own.url}/v1/agents?${page}`, { headers });
          const list = agentListSchema.parse(await response.json());
          names.push(...list.items.map(({ name }) => name));
          cursor = list.nextCursor;
        }
        return names;
      };
      assert.deepEqual(await listed({ name: 'sure' }), [
        '100% Sure_Thing',
        '1000 sure things',
        'SURE enough',
      ]);
      assert.deepEqual(await listed({ name: '0% s' }), [first.name], '% is a character');
      assert.deepEqual(await listed({ name: 'e_t' }), [first.name], '_ is a character');
      assert.deepEqual(await listed({ name: '\\' }), []);
      assert.deepEqual(await listed({ role: 'enricher' }), ['SURE enough']);
      assert.deepEqual(await listed({ status: 'active', name: 'THING' }), [
        '100% Sure_Thing',
        '1000 sure things',
      ]);
      assert.deepEqual(await listed({ status: 'suspended', role: 'scraper' }), []);
    } finally {
      await own.stop();
    }
  });

  for (const query of [
    'status=deleted',
    'role=Root!',
    'name=',
    'name=%00',
    `name=${'a'.repeat(101)}`,
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1&limit=2',
    'cursor=x',
    'cursor=YWZ0ZXI6LTE',
    'colour=red',
  ]) {
    it(`refuses ?${query}`, async () => {
      const response = await fetch(`${service.url}/v1/agents?${query}`, {
        headers: await operatorHeaders(service),
      });
      assert.equal((await problemOf(response)).code, 'request.invalid');
    });
  }
});

describe('GET /v1/agents/{id}', () => {
  it('answers 304 while the entity tag holds', async () => {
    const { id } = await registerAgent(service, [key]);
    const headers = await operatorHeaders(service);
    const etag = (await fetch(`${service.url}/v1/agents/${id}`, { headers })).headers.get('etag') ?? '';
    const status = await statusOf(`${service.url}/v1/agents/${id}`, { ...headers, 'if-none-match': etag });
    assert.equal(status, 304);
  });

  for (const id of ['agt_00000000000000000000', 'nonsense', 'agt_%00', '%F0%9F%98%80', 'a'.repeat(2_000)]) {
    it(`does not know ${id.slice(0, 30)}`, async () => {
      const response = await fetch(`${service.url}/v1/agents/${id}`, {
        headers: await operatorHeaders(service),
      });
      assert.equal((await problemOf(response)).code, 'agent.unknown');
    });
  }

  it('does not show operators', async () => {
    const { access_token } = await obtainToken(service.url, {
      id: operatorClientId,
      key: service.operatorKey,
    });
    const { sub } = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString());
    const response = await fetch(`${service.url}/v1/agents/${sub}`, {
      headers: await operatorHeaders(service),
    });
    assert.equal((await problemOf(response)).code, 'agent.unknown');
  });
});

describe('who may administer agents', () => {
  async function attempt(authorization: string | undefined, method = 'GET'): Promise<string> {
    const headers = authorization === undefined ? {} : { authorization };
    const problem = await problemOf(await fetch(`${service.url}/v1/agents`, { method, headers }));
    return `${problem.status} ${problem.code}`;
  }

  it('nobody without a token', async () => assert.equal(await attempt(undefined), '401 token.missing'));
  it('nobody with garbage', async () => assert.equal(await attempt('Bearer garbage'), '401 token.invalid'));

  it('no agent, whatever its token carries', async () => {
    const agent = await registerAgent(service, [key]);
    const { access_token } = await obtainToken(service.url, { id: agent.clientId, key });
    assert.equal(await attempt(`Bearer ${access_token}`), '403 scope.insufficient');
  });

  it('no operator with a token for something else', async () => {
    const operator = { id: operatorClientId, key: service.operatorKey };
    const { access_token } = await obtainToken(service.url, operator, 'agents:read');
    assert.equal(await attempt(`Bearer ${access_token}`, 'POST'), '403 scope.insufficient');
  });

  it('nobody whose token somebody else signed', async () => {
    const foreign = await generateClientKey('RS256');
    const iat = nowSeconds();
    const token = await new SignJWT({
      scope: 'agents:read',
      role: 'operator',
      epoch: 0,
      client_id: operatorClientId,
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', jwk: foreign.publicJwk })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject('opr_x')
      .setJti('x')
      .setIssuedAt(iat)
      .setExpirationTime(iat + 60)
      .sign(foreign.privateKey);
    assert.equal(await attempt(`Bearer ${token}`), '401 token.invalid');
  });
});
