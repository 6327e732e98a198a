import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createReplicaLag } from './replica-lag.ts';

describe('the lag of a replica', () => {
  it('is not known before both were looked at', () => {
    const lag = createReplicaLag();
    assert.equal(lag.seconds(), undefined);
    lag.recordPrimary(10n, 0);
    assert.equal(lag.seconds(), undefined);
    lag.recordReplica(10n);
    assert.equal(lag.seconds(), 0);
  });

  it('is nothing while nothing is written, however long', () => {
    const lag = createReplicaLag();
    lag.recordPrimary(10n, 0);
    lag.recordReplica(10n);
    lag.recordPrimary(10n, 3_600_000);
    assert.equal(lag.seconds(), 0);
  });

  it('counts from when the primary was first seen to have what the replica lacks', () => {
    const lag = createReplicaLag();
    lag.recordReplica(10n);
    for (const second of [1, 2, 3, 4]) lag.recordPrimary(BigInt(10 + second), second * 1_000);
    assert.equal(lag.seconds(), 3);
    lag.recordReplica(12n);
    assert.equal(lag.seconds(), 1);
    lag.recordReplica(14n);
    assert.equal(lag.seconds(), 0);
  });

  it('grows while the replica is not heard of and the primary writes', () => {
    const lag = createReplicaLag();
    lag.recordPrimary(10n, 0);
    lag.recordReplica(10n);
    lag.recordPrimary(11n, 1_000);
    lag.recordPrimary(11n, 61_000);
    assert.equal(lag.seconds(), 60);
  });

  it('begins anew with a primary whose log was set back', () => {
    const lag = createReplicaLag();
    lag.recordReplica(10n);
    lag.recordPrimary(20n, 0);
    lag.recordPrimary(5n, 60_000);
    assert.equal(lag.seconds(), 0);
  });

  it('is never told too short, nor grows in memory, for a replica that is away for days', () => {
    const lag = createReplicaLag();
    lag.recordReplica(0n);
    for (let second = 1; second <= 100_000; second += 1) lag.recordPrimary(BigInt(second), second * 1_000);
    assert.equal(lag.seconds(), 99_999);
    lag.recordReplica(99_999n);
    assert.ok(Number(lag.seconds()) >= 1);
    lag.recordReplica(100_000n);
    assert.equal(lag.seconds(), 0);
  });
});
