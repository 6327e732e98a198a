import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { jwtVerify } from 'jose';
import type { ProblemError } from '../errors/index.ts';
import { createTestMesh } from '../testing/test-mesh.ts';
import { signCompact } from './compact-jws.ts';
import { createMeshKeyring } from './mesh-keys.ts';
import { createMeshTokenSource } from './mesh-token.ts';
import { hashParams, type PermitGrant, type PermitSubject, signPermit, verifyPermit } from './permit.ts';

const nowMs = 1_760_000_000_000;
const mesh = createTestMesh();
const shared = mesh.keyOf('policy-service', 'adapter-openai');
const policy = createMeshKeyring('policy-service', [shared, mesh.keyOf('policy-service', 'adapter-serpapi')]);
const adapter = createMeshKeyring('adapter-openai', [shared]);

const params = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hé' }] };
const subject: PermitSubject = { scope: 'openai:chat', callId: 'call_1', params };
const grant: PermitGrant = {
  aud: 'adapter-openai',
  sub: 'agt_1',
  scope: subject.scope,
  decisionId: 'dec_1',
  callId: subject.callId,
  paramsSha256: hashParams(params),
  obligations: [{ type: 'domains', allow: ['example.com'], deny: [] }],
};
const verifyAt = (permit: string, about: PermitSubject, atMs = nowMs) =>
  verifyPermit(adapter, permit, about, () => atMs);
const permit = signPermit(policy, grant, () => nowMs);

describe('a permit', () => {
  it('lets its adapter carry out exactly its call, with its obligations', () => {
    const claims = verifyAt(permit, subject);
    assert.equal(claims.sub, 'agt_1');
    assert.deepEqual(claims.obligations, grant.obligations);
  });

  it('fits the same parameters in another order of members', () => {
    const { messages, model } = params;
    assert.doesNotThrow(() => verifyAt(permit, { ...subject, params: { messages, model } }));
  });

  const misuses: [guarantee: string, about: PermitSubject, code: string, atMs?: number][] = [
    ['serves no other action', { ...subject, scope: 'openai:embed' }, 'policy.denied'],
    ['serves no other call', { ...subject, callId: 'call_2' }, 'policy.denied'],
    ['serves no other parameters', { ...subject, params: { ...params, model: 'gpt-4o' } }, 'policy.denied'],
    ['serves no added parameter', { ...subject, params: { ...params, n: 2 } }, 'policy.denied'],
    ['ends after 60 s', subject, 'token.expired', nowMs + 66_000],
    ['does not begin before it was made', subject, 'token.invalid', nowMs - 10_000],
  ];
  for (const [guarantee, about, code, atMs] of misuses) {
    it(guarantee, () => {
      assert.throws(
        () => verifyAt(permit, about, atMs),
        (error: ProblemError) => error.code === code,
      );
    });
  }

  const key = createSecretKey(shared.key, 'base64url');
  const now = nowMs / 1_000;
  const claims = { iss: 'policy-service', ...grant, iat: now, exp: now + 60 };
  const sign = (change: object, header: object = {}) =>
    signCompact({ typ: 'permit+jwt', kid: 'test', ...header }, { ...claims, ...change }, key);
  const [head, body, mac] = permit.split('.') as [string, string, string];
  const flip = (part: string) => (part.startsWith('A') ? 'B' : 'A') + part.slice(1);

  const forgeries: [guarantee: string, permit: string, code: string][] = [
    ['is not accepted with a tampered header', `${flip(head)}.${body}.${mac}`, 'token.invalid'],
    ['is not accepted with tampered claims', `${head}.${flip(body)}.${mac}`, 'token.invalid'],
    ['is not accepted with a tampered signature', `${head}.${body}.${flip(mac)}`, 'token.invalid'],
    ['is not accepted for another audience', sign({ aud: 'adapter-serpapi' }), 'policy.denied'],
    ['is not accepted from another issuer', sign({ iss: 'proxy-service' }), 'token.invalid'],
    ['is not accepted with a life over 60 s', sign({ exp: now + 61 }), 'token.invalid'],
    [
      'is not accepted with an obligation that nobody knows',
      sign({ obligations: [{ type: 'odd' }] }),
      'token.invalid',
    ],
    ['is not accepted without obligations', sign({ obligations: undefined }), 'token.invalid'],
    ['is not accepted with an unknown key id', sign({}, { kid: 'other' }), 'token.invalid'],
    ['is no mesh token', createMeshTokenSource(policy, () => nowMs)('adapter-openai'), 'token.invalid'],
    ['is not anything', 'garbage', 'token.invalid'],
  ];
  for (const [guarantee, forged, code] of forgeries) {
    it(guarantee, () => {
      assert.throws(
        () => verifyAt(forged, subject),
        (error: ProblemError) => error.code === code,
      );
    });
  }

  it('is what jose reads with the key of the pair', async () => {
    const { payload } = await jwtVerify(permit, key, { currentDate: new Date(nowMs), typ: 'permit+jwt' });
    assert.deepEqual(payload, claims);
  });

  it('serves no other adapter', () => {
    const foreign = signPermit(policy, { ...grant, aud: 'adapter-serpapi' }, () => nowMs);
    assert.throws(
      () => verifyAt(foreign, subject),
      (error: ProblemError) => error.code === 'token.invalid',
    );
  });

  it('cannot be made by the adapter that checks it for another adapter', () => {
    assert.throws(() => signPermit(adapter, { ...grant, aud: 'adapter-serpapi' }), /no mesh key/);
  });
});
