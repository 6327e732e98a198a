import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as policy from './index.ts';

describe('examples of the policy contract', () => {
  const rows = [
    ['every field', policy.policySchema, policy.policyExample],
    ['the least document', policy.policySchema, policy.leastPolicyExample],
    ['record', policy.policyRecordSchema, policy.policyRecordExample],
    ['list', policy.policyListSchema, policy.policyListExample],
    ['history', policy.policyHistorySchema, policy.policyHistoryExample],
    ['simulated call', policy.simulateCallSchema, policy.simulateCallExample],
    ['simulation', policy.simulationSchema, policy.simulationExample],
    ['question of a simulation', policy.simulationRequestSchema, policy.simulationRequestExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }
});

const { guards, schedule: hours, quotas: [daily] = [] } = policy.policyExample;
const pii = (change: object) => ({ guards: { pii: { ...guards?.pii, ...change } } });
const schedule = (change: object) => ({ schedule: { ...hours, ...change } });
const quota = (change: object) => ({ quotas: [{ ...daily, ...change }] });
const minutes = (window: string, limit: number) => ({ scope: 'serpapi:search', window, limit });

describe('policySchema', () => {
  const rows: Record<string, { change: object; path: PropertyKey[] }> = {
    'a name in capitals': { change: { name: 'Scraper' }, path: ['name'] },
    'a name that is no text': { change: { name: 7 }, path: ['name'] },
    'no subjects': { change: { subjects: undefined }, path: ['subjects'] },
    'subjects that name nobody': { change: { subjects: { roles: [] } }, path: ['subjects'] },
    'a wildcard as the scope': { change: { allow: ['serpapi:search', 'serpapi:*'] }, path: ['allow', 1] },
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
    'a mode that is none': { change: { mode: 'on' }, path: ['mode'] },
    'no bytes at all': { change: { guards: { maxRequestBytes: 0 } }, path: ['guards', 'maxRequestBytes'] },
    'personal data of no kind': { change: pii({ detect: [] }), path: ['guards', 'pii', 'detect'] },
    'a request to be redacted': { change: pii({ effect: 'redact' }), path: ['guards', 'pii', 'effect'] },
    'a condition that is too long': {
      change: { guards: { when: 'a'.repeat(2_001) } },
      path: ['guards', 'when'],
    },
    'a time zone that is none': {
      change: schedule({ timezone: 'Mars/Olympus' }),
      path: ['schedule', 'timezone'],
    },
    'an offset for a time zone': { change: schedule({ timezone: '+02:00' }), path: ['schedule', 'timezone'] },
    'a schedule of no days': { change: schedule({ days: [] }), path: ['schedule', 'days'] },
    'a schedule of a time that is none': { change: schedule({ from: '24:00' }), path: ['schedule', 'from'] },
    'a schedule that ends when it begins': { change: schedule({ to: '09:00' }), path: ['schedule', 'to'] },
    'a quota of a scope that is not allowed': {
      change: quota({ scope: 'http_fetch:head' }),
      path: ['quotas', 0, 'scope'],
    },
    'a quota of nothing': { change: quota({ limit: 0 }), path: ['quotas', 0, 'limit'] },
    'a quota of half a call': { change: quota({ limit: 0.5 }), path: ['quotas', 0, 'limit'] },
    'a window of no time': { change: quota({ window: '0s' }), path: ['quotas', 0, 'window'] },
    'a window over a year': { change: quota({ window: '367d' }), path: ['quotas', 0, 'window'] },
    'a window without a unit': { change: quota({ window: '60' }), path: ['quotas', 0, 'window'] },
    'two quotas that count the same': {
      change: { quotas: [minutes('60m', 1), minutes('1h', 2)] },
      path: ['quotas', 1],
    },
    'a redaction of everything': {
      change: { response: { redact: ['api_key', '**'] } },
      path: ['response', 'redact', 1],
    },
    'a truncation to less than nothing': {
      change: { response: { truncate: { content: -1 } } },
      path: ['response', 'truncate', 'content'],
    },
    'a pattern that looks ahead': {
      change: { response: { block: ['a(?=b)'] } },
      path: ['response', 'block', 0],
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

  it('refuses a field that nobody knows', () => {
    const document = { ...policy.policyExample, description: 'x' };
    assert.equal(policy.policySchema.safeParse(document).success, false);
  });

  it('takes a quota whose scope, limit and window alone are said', () => {
    const quotas = [{ scope: 'serpapi:search', limit: 1, window: '366d' }];
    assert.equal(policy.policySchema.safeParse({ ...policy.policyExample, quotas }).success, true);
  });

  it('takes dollars in parts, and a schedule until the end of the day', () => {
    const change = {
      quotas: [{ scope: 'openai:chat', limit: 2.5, window: '30d', cost: 'usd' }],
      schedule: { ...policy.policyExample.schedule, to: '24:00' },
    };
    assert.equal(policy.policySchema.safeParse({ ...policy.policyExample, ...change }).success, true);
  });
});

describe('parseWindowSeconds', () => {
  const rows = { '1s': 1, '15m': 900, '24h': 86_400, '366d': 31_622_400 };
  for (const [text, seconds] of Object.entries(rows)) {
    it(`${text} is ${seconds} seconds`, () => assert.equal(policy.parseWindowSeconds(text), seconds));
  }
});
