import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessTokenClaimsExample, operatorTokenClaimsExample } from '@4runr/contracts/token';
import type { Client } from './client.ts';
import { delegate, type Exchange } from './exchange-token.ts';

const actor: Client = {
  id: 'agt_3m4h8w6x5z7yd01k3v9q',
  kind: 'agent',
  clientId: 'cl_actor',
  role: 'enricher',
  status: 'active',
  authMethod: 'private_key_jwt',
  epoch: 2,
  keys: [],
  secrets: [],
  tokenTtlSeconds: 900,
  operatorScopes: [],
};
const subject = accessTokenClaimsExample;
const exchange = (change: Partial<Exchange> = {}) =>
  delegate({ subject, actor, scope: undefined, jkt: undefined, ...change });
const refusal = (code: string, message: RegExp) => ({ name: 'OAuthError', code, message });

describe('a token that is exchanged', () => {
  it('stays the subject’s, and names who acts and what it came from', () => {
    const { sub, role, epoch, act, parents } = exchange();
    assert.deepEqual([sub, role, epoch], [subject.sub, subject.role, subject.epoch]);
    assert.deepEqual(act, { sub: actor.id, client_id: 'cl_actor', role: 'enricher', epoch: 2 });
    assert.deepEqual(parents, [subject.jti]);
  });

  it('keeps those who acted before, so that every one of them needs permission and can be stopped', () => {
    const { act, parents } = exchange({
      subject: { ...subject, ...exchange(), scope: '*:*', jti: 'tok_second' },
    });
    assert.equal(act.act?.sub, actor.id);
    assert.deepEqual(parents, ['tok_second', subject.jti]);
  });

  it('ends before the one that it came from', () => {
    assert.ok(exchange().endsBySeconds < subject.exp);
  });

  it('lives no longer than five minutes, nor than the actor’s own tokens', () => {
    assert.equal(exchange().ttlSeconds, 300);
    assert.equal(exchange({ actor: { ...actor, tokenTtlSeconds: 60 } }).ttlSeconds, 60);
  });

  it('carries what was asked for, or else all that the subject token carries', () => {
    assert.deepEqual(exchange({ scope: 'serpapi:search' }).scope, ['serpapi:search']);
    assert.deepEqual(exchange({ scope: 'http_fetch:get' }).scope, ['http_fetch:get']);
    assert.deepEqual(exchange().scope, ['serpapi:search', 'http_fetch:*']);
  });

  for (const scope of ['*:*', 'serpapi:*', 'openai:chat', 'serpapi:search openai:chat', 'agents:read']) {
    it(`never carries more than it: ${scope}`, () => {
      assert.throws(() => exchange({ scope }), { name: 'OAuthError', code: 'invalid_scope' });
    });
  }
});

describe('a bound token', () => {
  const cnf = { jkt: 'a'.repeat(43) };
  it('is exchanged by who holds its key', () => {
    assert.doesNotThrow(() => exchange({ subject: { ...subject, cnf }, jkt: cnf.jkt }));
  });

  for (const jkt of [undefined, 'b'.repeat(43)]) {
    it(`is worth nothing to ${jkt === undefined ? 'a bearer' : 'who holds another key'}`, () => {
      assert.throws(
        () => exchange({ subject: { ...subject, cnf }, jkt }),
        refusal('invalid_request', /bound to a key/),
      );
    });
  }
});

describe('nobody acts', () => {
  it('for an operator', () => {
    assert.throws(
      () => exchange({ subject: operatorTokenClaimsExample }),
      refusal('invalid_request', /Nobody acts for an operator/),
    );
  });

  it('as an operator', () => {
    assert.throws(
      () => exchange({ actor: { ...actor, kind: 'operator', role: 'operator' } }),
      refusal('unauthorized_client', /Only agents/),
    );
  });

  it('at the end of a chain that is long enough', () => {
    const act = { ...exchange().act, act: { ...exchange().act, act: exchange().act } };
    assert.throws(
      () => exchange({ subject: { ...subject, act } }),
      refusal('invalid_request', /too many hands/),
    );
  });
});
