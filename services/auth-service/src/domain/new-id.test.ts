import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentIdSchema } from '@4runr/contracts/agent';
import { newId } from './new-id.ts';

describe('newId', () => {
  it('has the form of the contract and never comes twice', () => {
    const ids = Array.from({ length: 1_000 }, () => newId('agt'));
    for (const id of ids) agentIdSchema.parse(id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
