import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { policyVersion } from './index.ts';

describe('policyVersion', () => {
  const document = { name: 'a', subjects: { roles: ['b', 'c'] }, allow: ['d:e'] };

  it('is the SHA-256 of the canonical document', () => {
    // printf '{"allow":["d:e"],"name":"a","subjects":{"roles":["b","c"]}}' | sha256sum
    assert.equal(
      policyVersion(document),
      'sha256:6fc2641767e883e5e97d842d16b55119001e82112f7e3a94cdc326259607efaa',
    );
  });

  it('does not depend on the order of members', () => {
    assert.equal(
      policyVersion({ allow: ['d:e'], subjects: { roles: ['b', 'c'] }, name: 'a' }),
      policyVersion(document),
    );
  });

  it('changes with every change of content, the order of a list included', () => {
    assert.notEqual(policyVersion({ ...document, subjects: { roles: ['c', 'b'] } }), policyVersion(document));
  });
});
