import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { headers } from '@4runr/contracts/headers';
import type { ServiceName } from '@4runr/contracts/mesh';
import { hashParams } from '@4runr/service-kit/mesh';
import { refusalEvents } from '@4runr/service-kit/telemetry';
import { decodeJwt } from 'jose';
import { registerWithSecret } from './mesh/agents.ts';
import { type DocumentedEndpoint, documentedEndpoints } from './mesh/documented-endpoints.ts';
import { ask, askAsOperator, fetchToken, stack, tokenOf } from './mesh/gateway.ts';
import { signAsIssuer } from './mesh/issuer.ts';
import { meshClaims, meshKey, signAs, urlInside } from './mesh/mesh-party.ts';
import { enrolOperator } from './mesh/operators.ts';
import { type LoggedEvent, securityEventsOf } from './mesh/security-log.ts';

/** Every 401 and 403 is one security event, in the form of docs/logs.md: who watches the log misses nobody who is refused. */

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Refused {
  readonly status: number;
  readonly traceId: string;
}

const json = { 'content-type': 'application/json' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function atEdge({ method = 'GET', path, headers: sent, body }: Sent): Promise<Refused> {
  const answer = await ask(path, {
    method: method as 'GET',
    headers: { ...json, ...sent },
    ...(method === 'GET' ? {} : { body: body ?? '{}' }),
  });
  return { status: answer.status, traceId: String(answer.headers['x-correlation-id']) };
}

async function inside(
  service: ServiceName,
  { method = 'GET', path, headers: sent, body }: Sent,
): Promise<Refused> {
  const response = await fetch(`${urlInside(service)}${path}`, {
    method,
    headers: { ...json, ...sent },
    ...(method === 'GET' ? {} : { body: body ?? '{}' }),
  });
  return { status: response.status, traceId: response.headers.get(headers.correlationId) ?? '' };
}

type Expected = Readonly<Record<string, unknown>> & { readonly code: string };

const seen = new Set<string>();

/** The one event of a refusal. @param secrets what must not be in it */
async function assertTold(
  refused: Refused,
  [event, service, expected]: readonly [event: string, service: ServiceName, expected: Expected],
  secrets: readonly string[] = [],
): Promise<LoggedEvent> {
  assert.ok(refused.status === 401 || refused.status === 403, `${refused.status}`);
  const [first, ...others] = await securityEventsOf(refused.traceId);
  assert.ok(first !== undefined);
  assert.deepEqual(others, [], 'one event for one refusal');
  const fields = Object.keys(expected).map((name) => [name, first[name]]);
  assert.deepEqual(
    { event: first.event, service: first.service, level: first.level, ...Object.fromEntries(fields) },
    { event: `security.${event}`, service, level: 'warn', ...expected },
  );
  const line = JSON.stringify(first);
  for (const secret of secrets) assert.ok(!line.includes(secret), 'no secret is logged');
  seen.add(expected.code);
  return first;
}

const endpoints = documentedEndpoints();
const send = (endpoint: DocumentedEndpoint, sent: Partial<Sent> = {}): Promise<Refused> => {
  const isInside = endpoint.by === 'mesh' || endpoint.service === 'provider-simulator';
  const { service, method, path } = endpoint;
  return isInside ? inside(service, { method, path, ...sent }) : atEdge({ method, path, ...sent });
};

describe('a request without a token leaves an event at', () => {
  it('least the endpoints that there were when this was written', () => {
    const count = (by: DocumentedEndpoint['by']) => endpoints.filter((each) => each.by === by).length;
    assert.ok(
      count('operator') >= 22 && count('agent') >= 8 && count('mesh') >= 5,
      JSON.stringify(endpoints),
    );
  });

  for (const endpoint of endpoints)
    it(`${endpoint.method} ${endpoint.path} of ${endpoint.service}`, async () => {
      await assertTold(await send(endpoint), [
        'authentication_failure',
        endpoint.service,
        { code: 'token.missing' },
      ]);
    });

  for (const { service, method, path } of [
    { service: 'adapter-serpapi', method: 'GET', path: '/manifest' },
    { service: 'adapter-wikipedia', method: 'POST', path: '/actions/summary' },
  ] as const)
    it(`${method} ${path} of ${service}`, async () => {
      const expected = { code: 'token.missing', credential: 'mesh token', path };
      await assertTold(await inside(service, { method, path }), [
        'authentication_failure',
        service,
        expected,
      ]);
    });
});

describe('an agent at an endpoint of operators leaves an event that names it at', () => {
  for (const endpoint of endpoints.filter(({ by }) => by === 'operator'))
    it(`${endpoint.method} ${endpoint.path}`, async () => {
      const token = await tokenOf('scraper');
      const { id, clientId } = stack().agents.scraper;
      const expected = { code: 'scope.insufficient', agent: id, client: clientId };
      const refused = await send(endpoint, { headers: bearer(token) });
      await assertTold(refused, ['privilege_escalation', endpoint.service, expected], [token]);
    });
});

/** Where each service that takes access tokens is asked for something. */
const doors: readonly (readonly [service: ServiceName, path: string])[] = [
  ['auth-service', '/v1/agents'],
  ['policy-service', '/v1/policies'],
  ['proxy-service', '/v1/tools'],
];

for (const [service, path] of doors)
  describe(`at ${service} an access token leaves an event when it`, () => {
    const knock = (token: string) => atEdge({ path, headers: bearer(token) });

    it('is none', async () => {
      const event = await assertTold(
        await knock('not-a-token'),
        ['authentication_failure', service, { code: 'token.invalid', credential: 'access token' }],
        ['not-a-token'],
      );
      assert.equal(event.address, '127.0.0.1');
    });

    it('was changed', async () => {
      const token = await tokenOf('scraper');
      const [header = '', payload = '', signature = ''] = token.split('.');
      const changed = [header, payload, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join(
        '.',
      );
      const expected = { code: 'token.invalid', credential: 'access token' };
      await assertTold(
        await knock(changed),
        ['token_tampering', service, expected],
        [payload, signature.slice(1)],
      );
    });

    it('has expired, and says whose it was', async () => {
      const { sub, ...claims } = decodeJwt(await tokenOf('scraper'));
      const now = Math.floor(Date.now() / 1_000);
      const ended = await signAsIssuer({ ...claims, sub: String(sub), iat: now - 600, exp: now - 300 });
      await assertTold(
        await knock(ended),
        ['authentication_failure', service, { code: 'token.expired', agent: sub }],
        [ended],
      );
    });

    it('was revoked, and says whose it was', async () => {
      const { id, clientId, token } = await revokedAgent;
      await assertTold(
        await knock(token),
        ['authentication_failure', service, { code: 'token.revoked', agent: id, client: clientId }],
        [token],
      );
    });
  });

async function makeRevokedAgent(): Promise<{ id: string; clientId: string; token: string }> {
  const { id, clientId, clientSecret } = await registerWithSecret('e2e-refused');
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const { json: body } = await ask('/oauth/token', {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const token = (body as { access_token: string }).access_token;
  await askAsOperator(`/v1/agents/${id}/revoke-tokens`, 'POST', {});
  // In force on every replica within milliseconds; each is asked until it has heard.
  for (const [, path] of doors) while ((await ask(path, { headers: bearer(token) })).status !== 401);
  return { id, clientId, token };
}
let revokedAgent: ReturnType<typeof makeRevokedAgent>;
before(() => {
  revokedAgent = makeRevokedAgent();
});

describe('who may not do what it asks for leaves an event:', () => {
  it('an operator without the scope', async () => {
    const credentials = await enrolOperator('audit:read');
    const token = await fetchToken(credentials);
    for (const [service, path] of doors.slice(0, 2)) {
      const expected = {
        code: 'scope.insufficient',
        operator: credentials.clientId,
        client: credentials.clientId,
      };
      await assertTold(
        await atEdge({ path, headers: bearer(token) }),
        ['authorization_violation', service, expected],
        [token],
      );
    }
  });

  const calls: Readonly<
    Record<string, readonly [by: 'scraper' | 'operator', path: string, params: object, code: string]>
  > = {
    'a token without the tool': ['operator', 'serpapi/search', { q: 'tea' }, 'scope.insufficient'],
    'a call that policy denies': [
      'scraper',
      'gmail_send/send',
      { to: 'ada@company.com', subject: 'Hello', text: 'Hello' },
      'policy.denied',
    ],
    'a target behind the egress guard': [
      'scraper',
      'http_fetch/get',
      { url: 'http://169.254.169.254/' },
      'target.forbidden',
    ],
  };
  for (const [what, [by, path, params, code]] of Object.entries(calls))
    it(what, async () => {
      const token = await tokenOf(by);
      const body = JSON.stringify(params);
      const refused = await atEdge({
        method: 'POST',
        path: `/v1/tools/${path}`,
        headers: bearer(token),
        body,
      });
      const scope = path.replace('/', ':');
      const expected = { code, agent: decodeJwt(token).sub, scope };
      const event = await assertTold(
        refused,
        ['authorization_violation', 'proxy-service', expected],
        [token],
      );
      assert.match(String(event.call_id), /^call_/);
    });
});

describe('within the mesh an event is left by', () => {
  it('a service that asks for what is another’s', async () => {
    const token = await signAs(
      meshKey('adapter-serpapi', 'auth-service'),
      meshClaims('adapter-serpapi', 'auth-service'),
    );
    const refused = await inside('auth-service', {
      path: '/internal/credentials/openai',
      headers: bearer(token),
    });
    const expected = { code: 'scope.insufficient', credential: 'mesh token', caller: 'adapter-serpapi' };
    await assertTold(refused, ['authorization_violation', 'auth-service', expected], [token]);
  });

  it('a mesh token that is none, or has ended', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const service = 'policy-service';
    const ended = await signAs(
      meshKey('proxy-service', service),
      meshClaims('proxy-service', service, { iat: now - 120, exp: now - 60 }),
    );
    const path = '/access/v1/evaluation';
    for (const [token, code] of [
      ['garbage', 'token.invalid'],
      [ended, 'token.expired'],
    ] as const)
      await assertTold(
        await inside(service, { method: 'POST', path, headers: bearer(token) }),
        ['authentication_failure', service, { code, credential: 'mesh token', path }],
        [token],
      );
  });

  const service = 'adapter-serpapi';
  const params = { q: 'permit' };
  const claims = () => {
    const now = Math.floor(Date.now() / 1_000);
    return {
      ...{ iss: 'policy-service', aud: service, sub: 'agt_1', scope: 'serpapi:search', decisionId: 'dec_1' },
      ...{ callId: 'call_1', paramsSha256: hashParams(params), obligations: [], iat: now, exp: now + 60 },
    };
  };
  const permits: Readonly<Record<string, readonly [code: string, change: object]>> = {
    'for another call': ['policy.denied', { callId: 'call_2' }],
    'that has ended': ['token.expired', { iat: 1, exp: 61 }],
    'for less than the call may cost': [
      'policy.denied',
      { obligations: [{ type: 'maxCost', costs: { usdMicros: 0 } }] },
    ],
  };
  for (const [what, [code, change]] of Object.entries(permits))
    it(`a permit ${what}`, async () => {
      const token = await signAs(meshKey('proxy-service', service), meshClaims('proxy-service', service));
      const permit = await signAs(
        meshKey('policy-service', service),
        { ...claims(), ...change },
        { typ: 'permit+jwt' },
      );
      const refused = await inside(service, {
        method: 'POST',
        path: '/actions/search',
        headers: { ...bearer(token), 'gateway-permit': permit },
        body: JSON.stringify({ callId: 'call_1', params }),
      });
      const expected = { code, credential: 'permit', scope: 'serpapi:search', call_id: 'call_1' };
      await assertTold(refused, ['authorization_violation', service, expected], [permit, token]);
    });
});

describe('below /oauth/ an event is left by', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const clients: Readonly<
    Record<string, readonly [headers: object, body: string, expected: object, secret: string]>
  > = {
    'a client that nobody knows': [
      basic('nobody', 'wrong-secret'),
      '',
      { reason: 'unknown_client', client: 'nobody' },
      'wrong-secret',
    ],
    'an assertion that is none': [
      {},
      '&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=not-one',
      {},
      'not-one',
    ],
  };
  for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect'])
    for (const [what, [sent, body, expected, secret]] of Object.entries(clients))
      it(`${what}, at ${path}`, async () => {
        const refused = await atEdge({
          ...{ method: 'POST', path, headers: { ...form, ...sent } },
          body: `grant_type=client_credentials&token=x${body}`,
        });
        const told = { code: 'invalid_client', address: '127.0.0.1', ...expected };
        await assertTold(refused, ['authentication_failure', 'auth-service', told], [secret]);
      });
});

it('every code of 401 and 403 was seen to leave an event, a new one too', () => {
  assert.deepEqual([...seen].filter((code) => code.includes('.')).sort(), Object.keys(refusalEvents).sort());
});
