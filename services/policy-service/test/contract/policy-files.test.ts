import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { readPolicyFolder } from '@4runr/policy-files';
import { builtInPolicies } from '../../src/domain/built-in-policies.ts';

const folder = resolve(import.meta.dirname, '../../../../deploy/policies');

describe('the files of deploy/policies', () => {
  it('say what the service begins with, no more and no less', () => {
    const byName = builtInPolicies.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(
      readPolicyFolder(folder).map(({ policy }) => policy),
      byName,
    );
  });

  it('hold a policy each, named as it is', () => {
    for (const { file, policy } of readPolicyFolder(folder)) assert.equal(file, `${policy.name}.yaml`);
  });
});
