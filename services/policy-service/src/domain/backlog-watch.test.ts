import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createBacklogWatch } from './backlog-watch.ts';

it('the backlog is told of once when it passes half of its room, and once when it is back', async () => {
  const told: string[] = [];
  const ratios = [0.1, 0.49, 0.5, 0.9, 1, 0.5, 0.4, 0, 0.7];
  const look = createBacklogWatch({
    fillRatio: async () => ratios.shift() ?? assert.fail(),
    onHalfFull: (ratio) => told.push(`half full ${ratio}`),
    onBack: (ratio) => told.push(`back ${ratio}`),
  });
  while (ratios.length > 0) await look();
  assert.deepEqual(told, ['half full 0.5', 'back 0.4', 'half full 0.7']);
});
