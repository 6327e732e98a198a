import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createActivePolicies } from './active-policies.ts';
import { builtInPolicies } from './built-in-policies.ts';

describe('createActivePolicies', () => {
  it('has nothing to decide by before anything was loaded', () => {
    assert.throws(() => createActivePolicies().current(), { code: 'policy.unavailable' });
  });

  it('takes all documents of a revision or none', () => {
    const active = createActivePolicies();
    active.replace('1', builtInPolicies);
    const unknown = { name: 'later', subjects: { roles: ['x'] }, schedule: {} };
    assert.throws(() => active.replace('2', [unknown]), { name: 'ZodError' });
    assert.equal(active.revision(), '1');
    assert.equal(active.current().policies.names.size, builtInPolicies.length);
  });
});
