import assert from 'node:assert/strict';
import { createSecretKey, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import type { MeshKey } from '@4runr/contracts/mesh';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import type { ProblemError } from '../errors/index.ts';
import { createTestMesh } from '../testing/test-mesh.ts';
import { signCompact } from './compact-jws.ts';
import { createMeshKeyring, deriveMeshKey } from './mesh-keys.ts';
import { createMeshCallerVerifier, createMeshTokenSource, verifyMeshToken } from './mesh-token.ts';
import { hashParams, signPermit, verifyPermit } from './permit.ts';

const nowMs = 1_760_000_000_000;
const now = nowMs / 1_000;
const clock = () => nowMs;
const mesh = createTestMesh();
const proxyToPolicy = mesh.keyOf('proxy-service', 'policy-service');
const proxy = createMeshKeyring('proxy-service', [
  proxyToPolicy,
  mesh.keyOf('proxy-service', 'adapter-openai'),
]);
const policy = createMeshKeyring('policy-service', [
  proxyToPolicy,
  mesh.keyOf('policy-service', 'adapter-openai'),
]);
const key = createSecretKey(proxyToPolicy.key, 'base64url');
const header = { typ: 'mesh+jwt', kid: 'test' };
const claims = { iss: 'proxy-service', aud: 'policy-service', iat: now, exp: now + 60 };

describe('a mesh token', () => {
  it('is accepted by the service that it was made for', () => {
    const token = createMeshTokenSource(proxy, clock)('policy-service');
    assert.deepEqual(verifyMeshToken(policy, token, clock), claims);
  });

  it('is what jose makes and reads of the same key and claims', async () => {
    const ours = signCompact(header, claims, key);
    const { payload } = await jwtVerify(ours, key, { currentDate: new Date(nowMs), typ: 'mesh+jwt' });
    assert.deepEqual(payload, claims);
    const theirs = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);
    assert.deepEqual(verifyMeshToken(policy, theirs, clock), claims);
  });

  it('is made anew when half of its life is over, and not before', () => {
    let at = nowMs;
    const tokenFor = createMeshTokenSource(proxy, () => at);
    const first = tokenFor('policy-service');
    at += 29_000;
    assert.equal(tokenFor('policy-service'), first);
    at += 1_000;
    assert.equal(decodeJwt(tokenFor('policy-service')).iat, now + 30);
  });

  it('cannot be made for a service without a pairwise key', () => {
    assert.throws(() => createMeshTokenSource(proxy)('auth-service'), /no mesh key for the pair/);
  });
});

describe('a rotation of a mesh key', () => {
  const [older, newer] = ['1', '2'].map((kid) =>
    deriveMeshKey(Buffer.alloc(32, 7), { caller: 'policy-service', audience: 'adapter-openai', kid }),
  ) as [MeshKey, MeshKey];
  /** What `MESH_KEYS` holds of the pair, step by step: the first signs, all are accepted. */
  const steps = [[older], [older, newer], [newer, older], [newer]];
  const grant = {
    aud: 'adapter-openai',
    sub: 'agt_1',
    scope: 'openai:chat',
    decisionId: 'dec_1',
    callId: 'call_1',
    paramsSha256: hashParams({}),
    obligations: [],
  };
  const pass = (callerKeys: MeshKey[], audienceKeys: MeshKey[]) => {
    const caller = createMeshKeyring('policy-service', callerKeys);
    const audience = createMeshKeyring('adapter-openai', audienceKeys);
    verifyMeshToken(audience, createMeshTokenSource(caller, clock)('adapter-openai'), clock);
    const subject = { scope: grant.scope, callId: grant.callId, params: {} };
    verifyPermit(audience, signPermit(caller, grant, clock), subject, clock);
  };

  it('fails nobody while services are one step apart, in whatever order they come up', () => {
    for (const [index, keys] of steps.entries()) {
      pass(keys, keys);
      const next = steps[index + 1];
      if (next === undefined) continue;
      pass(keys, next);
      pass(next, keys);
    }
  });

  it('that skips the step in which the new key is only accepted fails those who are behind', () => {
    assert.throws(() => pass([newer, older], [older]), { code: 'token.invalid' });
  });

  it('that has dropped a key accepts nothing of it any more', () => {
    assert.throws(() => pass([older], [newer]), { code: 'token.invalid' });
  });
});

const sign = (change: object = {}, headerChange: object = {}, by: KeyObject = key) =>
  signCompact({ ...header, ...headerChange }, { ...claims, ...change }, by);
const segments = (token: string) => token.split('.') as [string, string, string];
const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const [head, body, mac] = segments(sign());
const permit = signPermit(
  createMeshKeyring('policy-service', [mesh.keyOf('policy-service', 'adapter-openai')]),
  {
    aud: 'adapter-openai',
    sub: 'agt_1',
    scope: 'openai:chat',
    decisionId: 'dec_1',
    callId: 'call_1',
    paramsSha256: 'x'.repeat(43),
    obligations: [],
  },
  clock,
);

const attacks: [guarantee: string, token: string, code: string][] = [
  ['alg none is not accepted', `${encode({ alg: 'none', ...header })}.${body}.`, 'token.invalid'],
  [
    'another algorithm is not accepted',
    `${encode({ alg: 'HS512', ...header })}.${body}.${mac}`,
    'token.invalid',
  ],
  ['unknown header members are not accepted', sign({}, { crit: ['b64'], b64: false }), 'token.invalid'],
  ['an embedded key is not believed', sign({}, { jwk: { kty: 'oct', k: 'AA' } }), 'token.invalid'],
  ['another type of token is not accepted', sign({}, { typ: 'permit+jwt' }), 'token.invalid'],
  ['a permit is no mesh token', permit, 'token.invalid'],
  ['an unknown key id is not accepted', sign({}, { kid: 'other' }), 'token.invalid'],
  ['a hostile key id is not accepted', sign({}, { kid: '__proto__' }), 'token.invalid'],
  ['a token for another audience is not accepted', sign({ aud: 'auth-service' }), 'token.invalid'],
  ['a caller without a key here is not accepted', sign({ iss: 'adapter-openai' }), 'token.invalid'],
  [
    'the key of another pair is not accepted',
    sign({}, {}, createSecretKey(mesh.keyOf('proxy-service', 'adapter-openai').key, 'base64url')),
    'token.invalid',
  ],
  ['an ended token is not accepted', sign({ iat: now - 120, exp: now - 60 }), 'token.expired'],
  ['a token from the future is not accepted', sign({ iat: now + 30, exp: now + 60 }), 'token.invalid'],
  ['a life over 60 s is not accepted', sign({ exp: now + 61 }), 'token.invalid'],
  ['a token without end is not accepted', sign({ exp: undefined }), 'token.invalid'],
  ['a tampered header is not accepted', `${flip(head)}.${body}.${mac}`, 'token.invalid'],
  [
    'tampered claims are not accepted',
    `${head}.${encode({ ...claims, exp: now + 59 })}.${mac}`,
    'token.invalid',
  ],
  ['a tampered signature is not accepted', `${head}.${body}.${flip(mac)}`, 'token.invalid'],
  ['a truncated token is not accepted', `${head}.${body}`, 'token.invalid'],
  ['an oversized token is not read', `${head}.${'A'.repeat(20_000)}.${mac}`, 'token.invalid'],
  ['an empty token is not accepted', '', 'token.invalid'],
];

describe('attacks on mesh tokens', () => {
  const verify = createMeshCallerVerifier(policy, clock);
  verify(sign());
  for (const [guarantee, token, code] of attacks) {
    it(guarantee, () => {
      for (const check of [verify, (token: string) => verifyMeshToken(policy, token, clock)])
        assert.throws(
          () => check(token),
          (error: ProblemError) => error.code === code,
        );
    });
  }
});

describe('a mesh token that was verified before', () => {
  it('proves the same caller until it ends, and nothing thereafter', () => {
    let at = nowMs;
    const verify = createMeshCallerVerifier(policy, () => at);
    const token = sign();
    const caller = verify(token);
    assert.deepEqual([caller.service, caller.kid], ['proxy-service', 'test']);
    at += 64_000;
    assert.deepEqual(verify(token), caller);
    at += 1_000;
    assert.throws(() => verify(token), { code: 'token.expired' });
  });

  it('is verified anew when it was forgotten for many others', () => {
    const verify = createMeshCallerVerifier(policy, clock);
    const tokens = Array.from({ length: 300 }, (_, index) =>
      sign({ exp: now + 60 - (index % 50), n: index }),
    );
    for (const token of [...tokens, ...tokens]) assert.equal(verify(token).service, 'proxy-service');
  });
});
