import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { partitionCount, partitionOf, partitionTag } from './index.ts';

describe('partitionOf', () => {
  it('never changes: what is stored under a partition is found again', () => {
    const ids = ['', 'a', 'system', 'opr_1', 'agt_01k3v9q2m4h8w6x5z7yd', 'ä'];
    assert.deepEqual(ids.map(partitionOf), [8, 14, 4, 8, 12, 1]);
  });

  it('spreads ids evenly', () => {
    const counts = Array.from({ length: partitionCount }, () => 0);
    for (let index = 0; index < 16_000; index += 1) {
      const partition = partitionOf(`agt_${index}`);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    assert.ok(Math.min(...counts) > 850 && Math.max(...counts) < 1_150, String(counts));
  });

  it('gives keys of one partition one hash tag', () => {
    assert.equal(partitionTag(15), '{p15}');
  });
});
