import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callDecisionExample, limitedCallExample } from '@4runr/contracts/audit';
import { createExhaustedAgents } from './exhausted-agents.ts';

describe('exhausted agents', () => {
  it('are those that a quota refused, until it would not any more', () => {
    let now = 0;
    const exhausted = createExhaustedAgents(() => now);
    exhausted.note({ ...callDecisionExample, agent: 'agt_1' });
    exhausted.note({ ...limitedCallExample, agent: 'agt_2', retryAfterSeconds: 5 });
    assert.deepEqual([exhausted.has('agt_1'), exhausted.has('agt_2')], [false, true]);
    now = 5_000;
    assert.equal(exhausted.has('agt_2'), false);
  });

  it('are forgotten all before there are too many', () => {
    const exhausted = createExhaustedAgents(() => 0);
    for (let agent = 0; agent <= 10_000; agent += 1) {
      exhausted.note({ ...limitedCallExample, agent: `agt_${agent}` });
    }
    assert.deepEqual([exhausted.has('agt_0'), exhausted.has('agt_10000')], [false, true]);
  });
});
