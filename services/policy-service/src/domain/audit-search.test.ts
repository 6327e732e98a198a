import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AuditFilters, type AuditSearch, planAuditSearch } from './audit-search.ts';

describe('planAuditSearch', () => {
  const rows: [name: string, filters: AuditFilters, search: AuditSearch | undefined][] = [
    ['everything: along the index of everything', {}, { along: [], rest: [] }],
    [
      'calls, which are next to everything: looked at one by one',
      { kind: 'call' },
      { along: [], rest: ['kind'] },
    ],
    ['changes: along their own index', { kind: 'operator_change' }, { along: ['kind'], rest: [] }],
    ['completed calls: looked at one by one', { outcome: 'completed' }, { along: [], rest: ['outcome'] }],
    ['what did not complete: along its outcome', { outcome: 'denied' }, { along: ['outcome'], rest: [] }],
    [
      'an agent’s completed calls',
      { agent: 'a', outcome: 'completed' },
      { along: ['agent'], rest: ['outcome'] },
    ],
    ['an agent’s denied calls', { agent: 'a', outcome: 'denied' }, { along: ['agent', 'outcome'], rest: [] }],
    ['an agent’s calls of a tool', { agent: 'a', tool: 't' }, { along: ['agent'], rest: ['tool'] }],
    ['a tool’s action', { tool: 't', action: 'b' }, { along: ['tool', 'action'], rest: [] }],
    [
      'an operator’s changes of a target',
      { operator: 'o', target: 't' },
      { along: ['target'], rest: ['operator'] },
    ],
    ['the kind that an agent says already', { agent: 'a', kind: 'call' }, { along: ['agent'], rest: [] }],
    [
      'the kind that an action does not say',
      { action: 'b', kind: 'call' },
      { along: ['action'], rest: ['kind'] },
    ],
    ['no change is an agent’s', { agent: 'a', kind: 'operator_change' }, undefined],
    ['no call is an operator’s', { operator: 'o', kind: 'call' }, undefined],
    ['no change has an outcome', { target: 't', outcome: 'completed' }, undefined],
  ];
  for (const [name, filters, search] of rows) {
    it(name, () => assert.deepEqual(planAuditSearch(filters), search));
  }
});
