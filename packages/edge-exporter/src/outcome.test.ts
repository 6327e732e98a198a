import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseOutcome } from './outcome.ts';

describe('a datagram of the edge', () => {
  it('says which status was answered, and by whom', () => {
    assert.deepEqual(parseOutcome('<190>Nov 25 17:40:00 edge: 503 edge'), { code: '503', origin: 'edge' });
    assert.deepEqual(parseOutcome('<190>Nov  5 17:40:00 edge: 200 service'), {
      code: '200',
      origin: 'service',
    });
  });

  it('adds no code to the closed set where there was no status', () => {
    for (const none of ['000', '009', '999'])
      assert.equal(parseOutcome(`<190>Nov 25 17:40:00 edge: ${none} edge`)?.code, 'other');
  });

  it('is nothing when it says anything else', () => {
    for (const other of ['', '200 edge', '<190>Nov 25 17:40:00 edge: 2000 edge', 'edge: 200 client'])
      assert.equal(parseOutcome(other), undefined);
  });
});
