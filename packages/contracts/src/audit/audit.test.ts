import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as audit from './index.ts';

describe('examples of the audit contract', () => {
  const rows = [
    ['change', audit.operatorChangeSchema, audit.operatorChangeExample],
    ['change by nobody', audit.operatorChangeSchema, audit.systemChangeExample],
    ['decision', audit.auditItemSchema, audit.callDecisionExample],
    ['decision of a quota', audit.auditItemSchema, audit.limitedCallExample],
    ['outcome', audit.auditItemSchema, audit.callOutcomeExample],
    ['outcome of a call that was never sent', audit.auditItemSchema, audit.unsentCallExample],
    ['refused call', audit.auditItemSchema, audit.callRefusalExample],
    ['call', audit.auditRecordSchema, audit.callRecordExample],
    ['list', audit.auditListSchema, audit.auditListExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }

  it('a message is read back as it was written', () => {
    const message = audit.toAuditMessage(audit.operatorChangeExample);
    assert.deepEqual(audit.parseAuditMessage(message), audit.operatorChangeExample);
  });
});

describe('a call as it is shown', () => {
  it('never holds the encrypted facts, nor what it was decided by', () => {
    const { basis } = audit.callDecisionExample;
    assert.ok(basis);
    const stored = { ...audit.callRecordExample, sealedFacts: 'sealed', basis };
    assert.deepEqual(audit.auditRecordSchema.parse(stored), audit.callRecordExample);
  });
});

describe('what is no message of the contract', () => {
  const item = audit.operatorChangeExample;
  const rows: Record<string, Record<string, string>> = {
    'a message without an item': {},
    'an item that is no JSON': { item: '{' },
    'an item of a kind that nobody knows': { item: JSON.stringify({ ...item, kind: 'weather' }) },
    'a change without an operator': { item: JSON.stringify({ ...item, operator: '' }) },
    'a change with a name for an id that could be anybody’s': { item: JSON.stringify({ ...item, id: '1' }) },
    'a part of a call that nobody knows': {
      item: JSON.stringify({ ...audit.callDecisionExample, part: 'weather' }),
    },
    'a change at no time': { item: JSON.stringify({ ...item, at: 'yesterday' }) },
  };
  for (const [name, message] of Object.entries(rows)) {
    it(`is refused: ${name}`, () => assert.throws(() => audit.parseAuditMessage(message)));
  }
});

describe('auditStreams', () => {
  it('are laid out so that the streams of a partition share a slot of a Redis Cluster', () => {
    assert.equal(audit.auditStreams.length, 16);
    assert.deepEqual(audit.auditStreams[15], { key: '{p15}:audit', rejectedKey: '{p15}:audit:rejected' });
  });

  it('take in what anybody does', () => {
    const keys = audit.auditStreams.map(({ key }) => key);
    for (const id of ['opr_1', 'agt_1', 'system']) assert.ok(keys.includes(audit.auditStreamKeyOf(id)));
  });
});

describe('auditQuerySchema', () => {
  it('reads moments in any time zone', () => {
    const { from } = audit.auditQuerySchema.parse({ from: '2025-10-09T10:53:20+02:00' });
    assert.equal(from, Date.UTC(2025, 9, 9, 8, 53, 20));
  });

  it('takes the name of any account for an operator', () => {
    const operator = 'cli:WORKGROUP\\Jörg Müller';
    assert.equal(audit.auditQuerySchema.parse({ operator }).operator, operator);
  });

  const refused = [
    { agent: '' },
    { agent: 'a\0' },
    { tool: 'SerpAPI' },
    { action: 'agent..create' },
    { outcome: 'a b' },
    { kind: 'weather' },
    { operator: '' },
    { operator: 'a'.repeat(129) },
    { target: 'a\nb' },
    { target: ['a', 'b'] },
    { from: 'yesterday' },
    { from: '2025-10-09' },
    { to: '9999-12-31T23:59:59Z' },
    { to: '0000-01-01T00:00:00Z' },
    { limit: '0' },
    { limit: '501' },
    { limit: ['1', '2'] },
    { cursor: 'a'.repeat(201) },
    { page: '2' },
  ];
  for (const query of refused) {
    it(`refuses ${JSON.stringify(query).slice(0, 40)}`, () => {
      assert.equal(audit.auditQuerySchema.safeParse(query).success, false);
    });
  }
});
