import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Policy, PolicyRecord } from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';
import { planPolicies } from './policy-plan.ts';
import { renderPlan } from './render-plan.ts';

const policy = (name: string, rest: Partial<Policy> = {}): Policy => ({
  name,
  subjects: { roles: [name] },
  ...rest,
});

const record = (document: Policy): PolicyRecord => ({
  name: document.name,
  version: policyVersion(document),
  document,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
});

const wanted = [
  policy('same'),
  policy('new'),
  policy('other', { allow: ['serpapi:search', 'http_fetch:get'] }),
];
const active = [
  policy('old'),
  policy('same'),
  policy('other', { allow: ['serpapi:search'] }),
  policy('gone'),
].map(record);

describe('planPolicies', () => {
  it('creates, changes and leaves alone, and deletes last', () => {
    const { steps, unchanged } = planPolicies(wanted, active);
    assert.deepEqual(
      steps.map(({ kind, name }) => [kind, name]),
      [
        ['create', 'new'],
        ['change', 'other'],
        ['delete', 'gone'],
        ['delete', 'old'],
      ],
    );
    assert.deepEqual(unchanged, ['same']);
  });

  it('does not depend on the order of files or policies', () => {
    assert.deepEqual(planPolicies(wanted.toReversed(), active.toReversed()), planPolicies(wanted, active));
  });

  it('does not heed how a document is laid out', () => {
    const laidOut = { subjects: { roles: ['same'] }, name: 'same' };
    assert.deepEqual(planPolicies([laidOut], [record(policy('same'))]).steps, []);
  });
});

describe('renderPlan', () => {
  it('shows what differs', () => {
    assert.equal(
      renderPlan(planPolicies(wanted, active), { prune: true }),
      `+ new
    +name: new
    +subjects:
    +  roles:
    +    - new
~ other
     allow:
       - serpapi:search
    +  - http_fetch:get
     name: other
     subjects:
       roles:
- gone
    -name: gone
    -subjects:
    -  roles:
    -    - gone
- old
    -name: old
    -subjects:
    -  roles:
    -    - old
= same
1 to create, 1 to change, 2 to delete, 1 as they should be
`,
    );
  });

  it('says what would be deleted, and that it is not', () => {
    const text = renderPlan(planPolicies([], [record(policy('old'))]), { prune: false });
    assert.equal(
      text,
      `! old  (in no file; it stays, unless --prune is given)
0 to create, 0 to change, 1 in no file, 0 as they should be
`,
    );
  });
});
