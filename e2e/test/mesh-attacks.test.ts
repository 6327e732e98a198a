import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { PermitClaims, ServiceName } from '@4runr/contracts/mesh';
import { type ProblemCode, problemSchema } from '@4runr/contracts/problem';
import { hashParams } from '@4runr/service-kit/mesh';
import { tokenOf } from './mesh/gateway.ts';
import { meshClaims, meshKey, signAs, urlInside } from './mesh/mesh-party.ts';
import { arrivals } from './mesh/simulator.ts';
import { tamperings } from './mesh/tamperings.ts';

/** Who is inside the mesh's network, and perhaps holds the keys of one service, gets no further than that service may. */

const now = () => Math.floor(Date.now() / 1_000);
const foreignKey = createSecretKey(randomBytes(32));

/** Endpoints behind a mesh token, with the one service that may ask. */
const guarded: readonly [service: ServiceName, method: string, path: string, caller: ServiceName][] = [
  ['policy-service', 'POST', '/access/v1/evaluation', 'proxy-service'],
  ['adapter-serpapi', 'GET', '/manifest', 'proxy-service'],
  ['adapter-serpapi', 'POST', '/actions/search', 'proxy-service'],
  ['adapter-gmail-send', 'POST', '/actions/send', 'proxy-service'],
  ['auth-service', 'GET', '/internal/credentials/openai', 'adapter-openai'],
];

async function ask(
  service: ServiceName,
  {
    method = 'GET',
    path,
    token,
    permit,
    body,
  }: Record<'path', string> & Partial<Record<'method' | 'token' | 'permit' | 'body', string>>,
): Promise<{ status: number; code: ProblemCode | undefined }> {
  const response = await fetch(`${urlInside(service)}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(permit === undefined ? {} : { 'gateway-permit': permit }),
    },
    ...(method === 'POST' ? { body: body ?? '{}' } : {}),
  });
  return { status: response.status, code: problemSchema.safeParse(await response.json()).data?.code };
}

type Forge = (service: ServiceName, caller: ServiceName) => string | undefined | Promise<string>;

const forgeries: Readonly<Record<string, [code: ProblemCode, forge: Forge]>> = {
  'no mesh token': ['token.missing', () => undefined],
  garbage: ['token.invalid', () => 'garbage'],
  'an agent’s access token': ['token.invalid', () => tokenOf('scraper')],
  'an operator’s access token': ['token.invalid', () => tokenOf('operator')],
  'a token by a foreign key': [
    'token.invalid',
    (service, caller) => signAs(foreignKey, meshClaims(caller, service)),
  ],
  'another pair’s token': [
    'token.invalid',
    (_service, caller) =>
      signAs(meshKey(caller, 'adapter-http-fetch'), meshClaims(caller, 'adapter-http-fetch')),
  ],
  'a token by another pair’s key': [
    'token.invalid',
    (service, caller) => signAs(meshKey(caller, 'adapter-http-fetch'), meshClaims(caller, service)),
  ],
  'a token that has ended': [
    'token.expired',
    (service, caller) =>
      signAs(meshKey(caller, service), meshClaims(caller, service, { iat: now() - 120, exp: now() - 60 })),
  ],
  'a token for an hour': [
    'token.invalid',
    (service, caller) =>
      signAs(meshKey(caller, service), meshClaims(caller, service, { exp: now() + 3_600 })),
  ],
  'a token of the future': [
    'token.invalid',
    (service, caller) =>
      signAs(meshKey(caller, service), meshClaims(caller, service, { iat: now() + 600, exp: now() + 660 })),
  ],
  'a token of another type': [
    'token.invalid',
    (service, caller) => signAs(meshKey(caller, service), meshClaims(caller, service), { typ: 'permit+jwt' }),
  ],
  'a token by a key that was never handed out': [
    'token.invalid',
    (service, caller) => signAs(meshKey(caller, service), meshClaims(caller, service), { kid: 'local-9' }),
  ],
};

for (const [service, method, path, caller] of guarded) {
  describe(`${method} ${path} of ${service} takes no call with`, () => {
    for (const [what, [code, forge]] of Object.entries(forgeries)) {
      it(what, async () => {
        const token = await forge(service, caller);
        const answer = await ask(service, { method, path, ...(token === undefined ? {} : { token }) });
        assert.deepEqual([answer.status, answer.code], [401, code]);
      });
    }

    it('any part of its token changed', async () => {
      const token = await signAs(meshKey(caller, service), meshClaims(caller, service));
      for (const changed of tamperings(token)) {
        assert.equal((await ask(service, { method, path, token: changed })).status, 401, changed);
      }
    });
  });
}

describe('an adapter carries nothing out with', () => {
  const params = { q: 'permit' };
  const service = 'adapter-serpapi';
  const path = '/actions/search';
  let token: string;
  before(async () => {
    token = await signAs(meshKey('proxy-service', service), meshClaims('proxy-service', service));
  });

  const permitClaims = (change: Partial<PermitClaims> = {}): PermitClaims => ({
    iss: 'policy-service',
    aud: service,
    sub: 'agt_1',
    scope: 'serpapi:search',
    decisionId: 'dec_1',
    callId: 'call_1',
    paramsSha256: hashParams(params),
    obligations: [],
    iat: now(),
    exp: now() + 60,
    ...change,
  });
  const policyKey = () => meshKey('policy-service', service);
  const signPermit = (change: Partial<PermitClaims>, key = policyKey()) =>
    signAs(key, permitClaims(change), { typ: 'permit+jwt' });
  const carryOut = (permit: string | undefined) =>
    ask(service, {
      method: 'POST',
      path,
      token,
      body: JSON.stringify({ callId: 'call_1', params }),
      ...(permit === undefined ? {} : { permit }),
    });

  const permits: Readonly<
    Record<string, [status: number, permit: () => Promise<string> | string | undefined]>
  > = {
    'no permit': [401, () => undefined],
    'a garbage permit': [401, () => 'garbage'],
    'a permit that the proxy made itself': [401, () => signPermit({}, meshKey('proxy-service', service))],
    'a permit by another adapter’s key': [
      401,
      () => signPermit({}, meshKey('policy-service', 'adapter-openai')),
    ],
    'a permit for another adapter': [403, () => signPermit({ aud: 'adapter-openai' })],
    'a permit for another action': [403, () => signPermit({ scope: 'serpapi:images' })],
    'a permit for another call': [403, () => signPermit({ callId: 'call_2' })],
    'a permit for other parameters': [403, () => signPermit({ paramsSha256: hashParams({ q: 'other' }) })],
    'a permit that has ended': [401, () => signPermit({ iat: now() - 120, exp: now() - 60 })],
    'a permit for an hour': [401, () => signPermit({ exp: now() + 3_600 })],
    'a permit of the future': [401, () => signPermit({ iat: now() + 600, exp: now() + 660 })],
    'a permit with an obligation that it does not know': [
      401,
      () => signPermit({ obligations: [{ type: 'unheard_of' }] as unknown as PermitClaims['obligations'] }),
    ],
    'a mesh token in place of a permit': [
      401,
      () => signAs(policyKey(), meshClaims('policy-service', service)),
    ],
  };
  for (const [what, [status, permit]] of Object.entries(permits)) {
    it(what, async () => {
      const before = await arrivals();
      assert.equal((await carryOut(await permit())).status, status);
      assert.equal(await arrivals(), before);
    });
  }

  it('a permit whose agent, or any other part, was changed', async () => {
    const before = await arrivals();
    const good = await signPermit({});
    const [header, , signature] = good.split('.');
    const forAnother = Buffer.from(JSON.stringify(permitClaims({ sub: 'agt_2' }))).toString('base64url');
    for (const permit of [[header, forAnother, signature].join('.'), ...tamperings(good)]) {
      assert.equal((await carryOut(permit)).status, 401, permit);
    }
    assert.equal(await arrivals(), before);
  });

  it('but one that policy-service made for this very call', async () => {
    assert.equal((await carryOut(await signPermit({}))).status, 200);
  });
});

describe('a service of the mesh', () => {
  it('other than the proxy asks policy-service and adapters for nothing, although they share a key', async () => {
    const token = await signAs(
      meshKey('policy-service', 'adapter-serpapi'),
      meshClaims('policy-service', 'adapter-serpapi'),
    );
    const answer = await ask('adapter-serpapi', { path: '/manifest', token });
    assert.deepEqual([answer.status, answer.code], [403, 'scope.insufficient']);
  });

  it('that is an adapter gets no other adapter’s credential', async () => {
    const token = await signAs(
      meshKey('adapter-serpapi', 'auth-service'),
      meshClaims('adapter-serpapi', 'auth-service'),
    );
    const answer = await ask('auth-service', { path: '/internal/credentials/openai', token });
    assert.equal(answer.status, 403);
  });
});
