import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as contract from './index.ts';

describe('examples of the revocation contract', () => {
  const token = contract.revokeToken({ jti: 'tok_8fj3k2m4h8w6x5z7ydqa', exp: 1_760_000_900 });
  const client = contract.revokeClient({
    sub: 'agt_01k3v9q2m4h8w6x5z7yd',
    epoch: 3,
    atMs: 1_760_000_000_000,
  });
  const rows = [
    ['a token', token, contract.tokenRevocationExample],
    ['a client', client, contract.clientRevocationExample],
  ] as const;
  for (const [name, revocation, entry] of rows) {
    it(`the entry of ${name} is written as its example, and read back as it was`, () => {
      assert.deepEqual(contract.toRevocationEntry(revocation), entry);
      assert.deepEqual(contract.parseRevocationEntry(entry), revocation);
    });
  }

  it('a message of the feed is written as its example, and read back as it was', () => {
    const dated = { revocation: client, atMs: 1_760_000_000_000 };
    assert.deepEqual(contract.toRevocationMessage(dated), contract.revocationMessageExample);
    assert.deepEqual(contract.parseRevocationMessage(contract.revocationMessageExample), dated);
  });
});

describe('a revocation', () => {
  it('matters longer than any verifier takes the token for alive, whatever the clocks', () => {
    assert.equal(contract.revokeToken({ jti: 'tok', exp: 1_000 }).exp, 1_060);
  });

  it('of a client matters as long as the longest token that it may have got just before', () => {
    assert.equal(contract.revokeClient({ sub: 'agt', epoch: 1, atMs: 1_500 }).exp, 2 + 3_600 + 60);
  });

  it('may be of somebody whose name holds colons', () => {
    const revocation = contract.revokeToken({ jti: 'urn:jti:7', exp: 1_000 });
    assert.deepEqual(contract.parseRevocationEntry(contract.toRevocationEntry(revocation)), revocation);
  });
});

describe('what is no entry of the contract', () => {
  const rows = [
    { field: 'token:', value: '{"exp":1}' },
    { field: 'token', value: '{"exp":1}' },
    { field: 'family:f', value: '{"exp":1}' },
    { field: 'token:t', value: '{' },
    { field: 'token:t', value: '{"exp":"1"}' },
    { field: 'client:c', value: '{"exp":1}' },
    { field: 'client:c', value: '{"epoch":-1,"exp":1}' },
  ];
  for (const row of rows) {
    it(`is refused: ${JSON.stringify(row)}`, () => {
      assert.throws(() => contract.parseRevocationEntry(row));
    });
  }

  for (const at of [undefined, '', '-1', '1.5', 'now']) {
    it(`is refused: a message dated ${JSON.stringify(at)}`, () => {
      assert.throws(() => contract.parseRevocationMessage({ ...contract.tokenRevocationExample, at }));
    });
  }
});
