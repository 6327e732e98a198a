import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Policy, PolicyChange, PolicyHistoryEntry } from '@4runr/contracts/policy';
import type { PolicyStep } from './policy-plan.ts';
import { spareChangesOfOthers } from './spare-changes.ts';

const create = (name: string): PolicyStep => {
  const after: Policy = { name, subjects: { roles: [name] } };
  return { kind: 'create', name, after };
};
const entry = (change: PolicyChange, by: string): PolicyHistoryEntry => ({
  ...{ number: 1, change, by, at: '2026-01-01T00:00:00.000Z' },
  ...{ version: null, document: null },
});

describe('spareChangesOfOthers', () => {
  const histories: Readonly<Record<string, PolicyHistoryEntry>> = {
    'built-in': entry('create', 'system'),
    own: entry('update', 'opr_self'),
    changed: entry('update', 'opr_other'),
    deleted: entry('delete', 'opr_other'),
    'rolled-back': entry('rollback', 'opr_other'),
  };
  const gateway = { lastChangeOf: async (name: string) => histories[name] };

  it('takes what nobody else has touched, and leaves what another operator did last, deletions included', async () => {
    const steps = ['new', ...Object.keys(histories)].map(create);
    const { taken, spared } = await spareChangesOfOthers(gateway, steps, 'opr_self');
    assert.deepEqual(
      taken.map(({ name }) => name),
      ['new', 'built-in', 'own'],
    );
    assert.deepEqual(
      spared.map(({ step, last }) => `${step.name}: ${last.change}`),
      ['changed: update', 'deleted: delete', 'rolled-back: rollback'],
    );
  });
});
