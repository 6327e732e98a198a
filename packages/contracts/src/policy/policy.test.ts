import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as policy from './index.ts';

describe('examples of the policy contract', () => {
  const rows = [
    ['every field', policy.policySchema, policy.policyExample],
    ['the least document', policy.policySchema, policy.leastPolicyExample],
    ['record', policy.policyRecordSchema, policy.policyRecordExample],
    ['list', policy.policyListSchema, policy.policyListExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }
});

describe('policySchema', () => {
  const rows: Record<string, { change: object; path: PropertyKey[] }> = {
    'a name in capitals': { change: { name: 'Scraper' }, path: ['name'] },
    'a name that is no text': { change: { name: 7 }, path: ['name'] },
    'no subjects': { change: { subjects: undefined }, path: ['subjects'] },
    'subjects that name nobody': { change: { subjects: { roles: [] } }, path: ['subjects'] },
    'a wildcard as the scope': { change: { allow: ['serpapi:*'] }, path: ['allow', 0] },
    'a scope that is repeated': {
      change: { deny: ['serpapi:search', 'http_fetch:get', 'serpapi:search'] },
      path: ['deny', 2],
    },
    'a domain with a path': {
      change: { guards: { domains: { allow: ['example.com/x'] } } },
      path: ['guards', 'domains', 'allow', 0],
    },
    'a domain with a wildcard in the middle': {
      change: { guards: { domains: { deny: ['a.*.com'] } } },
      path: ['guards', 'domains', 'deny', 0],
    },
    'a model with a wildcard in the middle': {
      change: { guards: { models: { allow: ['gpt-*-mini'] } } },
      path: ['guards', 'models', 'allow', 0],
    },
    'a guard on models that allows without a list': {
      change: { guards: { models: {} } },
      path: ['guards', 'models', 'allow'],
    },
    'a recipient without a domain': {
      change: { guards: { recipients: { allow: ['ada'] } } },
      path: ['guards', 'recipients', 'allow', 0],
    },
  };
  for (const [name, { change, path }] of Object.entries(rows)) {
    it(`refuses ${name}, and says where it is`, () => {
      const issues = policy.policySchema.safeParse({ ...policy.policyExample, ...change }).error?.issues;
      assert.deepEqual(
        issues?.map((issue) => issue.path),
        [path],
      );
    });
  }

  for (const later of ['mode', 'schedule', 'quotas', 'response', 'description']) {
    it(`refuses the field ${later}, which nothing would keep`, () => {
      assert.equal(policy.policySchema.safeParse({ ...policy.policyExample, [later]: {} }).success, false);
    });
  }
  for (const later of ['maxRequestBytes', 'maxResponseBytes', 'pii', 'when']) {
    it(`refuses the guard ${later}, which nothing would keep`, () => {
      const document = { ...policy.policyExample, guards: { [later]: {} } };
      assert.equal(policy.policySchema.safeParse(document).success, false);
    });
  }
});
