import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapterServiceName, meshKeySchema, permitClaimsSchema, serviceNameSchema } from './index.ts';

describe('the name of an adapter', () => {
  it('is a service name made of its tool', () => {
    for (const [tool, name] of Object.entries({
      serpapi: 'adapter-serpapi',
      http_fetch: 'adapter-http-fetch',
    })) {
      assert.equal(adapterServiceName(tool), name);
      assert.equal(serviceNameSchema.parse(name), name);
    }
  });
});

describe('a mesh key', () => {
  const key = { caller: 'proxy-service', audience: 'policy-service', kid: '1', key: 'A-_9'.padEnd(43, 'x') };

  it('is 32 bytes in base64url', () => {
    assert.deepEqual(meshKeySchema.parse(key), key);
  });

  const refusals: [guarantee: string, change: object][] = [
    ['is not taken when shorter: it would be weak', { key: 'x'.repeat(42) }],
    ['is not taken with letters that decoding would skip', { key: '!'.repeat(43) }],
    ['is not taken in the other alphabet', { key: '+'.repeat(43) }],
    ['has no caller with a blank, by which pairs are told apart', { caller: 'proxy service' }],
    ['has a key id', { kid: '' }],
  ];
  for (const [guarantee, change] of refusals)
    it(guarantee, () => assert.equal(meshKeySchema.safeParse({ ...key, ...change }).success, false));
});

describe('the claims of a permit', () => {
  const claims = {
    iss: 'policy-service',
    aud: 'adapter-serpapi',
    sub: 'agt_1',
    scope: 'serpapi:search',
    decisionId: 'dec_1',
    callId: 'call_1',
    paramsSha256: 'x'.repeat(43),
    obligations: [],
    iat: 1,
    exp: 61,
  };

  it('name agent, scope, decision, call, parameters and obligations', () => {
    assert.deepEqual(permitClaimsSchema.parse(claims), claims);
    for (const name of Object.keys(claims))
      assert.equal(permitClaimsSchema.safeParse({ ...claims, [name]: undefined }).success, false, name);
  });

  const refusals: [guarantee: string, change: object][] = [
    ['are made by policy-service alone', { iss: 'proxy-service' }],
    ['have no obligation that nobody knows', { obligations: [{ type: 'odd' }] }],
    ['have times in whole seconds', { exp: 61.5 }],
  ];
  for (const [guarantee, change] of refusals)
    it(guarantee, () => assert.equal(permitClaimsSchema.safeParse({ ...claims, ...change }).success, false));
});
