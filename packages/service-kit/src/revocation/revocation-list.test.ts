import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { revokeClient, revokeToken } from '@4runr/contracts/revocation';
import { type Actor, accessTokenClaimsExample, exchangedTokenClaimsExample } from '@4runr/contracts/token';
import { createRevocationList } from './revocation-list.ts';

const claims = accessTokenClaimsExample;
const exchanged = exchangedTokenClaimsExample;
const { act } = exchanged;
assert.ok(act);
const atMs = claims.iat * 1_000;

const tokenOf = ({ jti }: { jti: string }) => revokeToken({ jti, exp: claims.exp });
const clientOf = ({ sub, epoch }: { sub: string; epoch: number }) => revokeClient({ sub, epoch, atMs });
const listOf = (...revocations: readonly ReturnType<typeof tokenOf | typeof clientOf>[]) => {
  const list = createRevocationList();
  for (const revocation of revocations) list.add(revocation);
  return list;
};

describe('a list of revocations', () => {
  it('revokes nothing while it is empty', () => {
    assert.equal(listOf().isRevoked(exchanged), false);
  });

  it('revokes the token that it names, and no other', () => {
    const list = listOf(tokenOf(claims));
    assert.equal(list.isRevoked(claims), true);
    assert.equal(list.isRevoked({ ...claims, jti: 'tok_other' }), false);
  });

  it('revokes what was exchanged for a token that it names', () => {
    assert.equal(listOf(tokenOf(claims)).isRevoked(exchanged), true);
  });

  it('revokes the tokens of a client from before its epoch, and none since', () => {
    const list = listOf(clientOf({ sub: claims.sub, epoch: 3 }));
    assert.equal(list.isRevoked({ ...claims, epoch: 2 }), true);
    assert.equal(list.isRevoked({ ...claims, epoch: 3 }), false);
    assert.equal(list.isRevoked({ ...claims, sub: 'agt_other', epoch: 2 }), false);
  });

  it('revokes what an actor got before its epoch, however deep in the chain it stands', () => {
    const deep: Actor = { ...act, sub: 'agt_first', act };
    const list = listOf(clientOf({ sub: act.sub, epoch: act.epoch + 1 }));
    assert.equal(list.isRevoked(exchanged), true);
    assert.equal(list.isRevoked({ ...exchanged, act: deep }), true);
    assert.equal(list.isRevoked({ ...exchanged, act: { ...act, epoch: act.epoch + 1 } }), false);
  });

  it('is not taken back by a revocation that comes late', () => {
    const list = listOf(clientOf({ sub: claims.sub, epoch: 3 }), clientOf({ sub: claims.sub, epoch: 1 }));
    assert.equal(list.isRevoked({ ...claims, epoch: 2 }), true);
  });

  it('forgets what matters no more, and nothing before', () => {
    const [token, client] = [tokenOf(claims), clientOf({ sub: claims.sub, epoch: 1 })];
    const list = listOf(token, client);
    list.prune(token.exp);
    assert.equal(list.isRevoked({ ...claims, epoch: 1 }), true);
    list.prune(client.exp);
    assert.equal(list.isRevoked({ ...claims, epoch: 1 }), false);
    assert.equal(list.isRevoked(claims), true);
    list.prune(client.exp + 1);
    assert.equal(list.isRevoked(claims), false);
  });
});
