import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { received } from '../../test/fixtures/calls.ts';
import { createCapacity } from '../domain/capacity.ts';
import { admit } from './admit.ts';

const limits = { places: 1_000, placesOfAgent: 1 };

describe('admit', () => {
  for (const excess of [0, 0.5, 1]) {
    it(`turns ${excess * 100} % of the calls away when that is too much`, async () => {
      const capacity = createCapacity(limits);
      const step = admit({ capacity, eventLoop: { excess: () => excess } });
      for (let call = 0; call < 1_000; call += 1) {
        try {
          await step(received());
        } catch {}
      }
      // Beyond what chance does in less than one of a billion runs.
      assert.ok(Math.abs(capacity.inFlight - (1 - excess) * 1_000) <= (excess === 0.5 ? 100 : 0));
    });
  }

  it('has a place until the call ends', async () => {
    const capacity = createCapacity(limits);
    const ends: (() => void)[] = [];
    const step = admit({ capacity, eventLoop: { excess: () => 0 } });
    await step(received({ onEnd: (end) => void ends.push(end) }));
    assert.equal(capacity.inFlight, 1);
    for (const end of ends) end();
    assert.equal(capacity.inFlight, 0);
  });
});
