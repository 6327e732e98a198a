import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdapterObligation } from '@4runr/contracts/decision';
import { validated, web } from '../../../test/fixtures/calls.ts';
import type { ValidatedCall } from '../call.ts';
import { answerIdentityOf } from './answer-identity.ts';

const { agent } = validated();
const actsFor = (id: string) => ({ ...agent, act: { id, role: 'scraper' } });
const domains = (allow: string): AdapterObligation[] => [{ type: 'domains', allow: [allow], deny: [] }];

function identityOf(
  change: Partial<ValidatedCall> = {},
  scope: 'agent' | 'shared' = 'agent',
  obligations: AdapterObligation[] = [],
): string {
  return answerIdentityOf(validated(change), { scope }, obligations);
}

describe('the identity of an answer', () => {
  it('is the same for the same parameters, however they are written', () => {
    const [one, other] = [
      identityOf({ params: { a: 1, b: [1.5, 'é'] } }),
      identityOf({ params: { b: [1.5, 'é'], a: 1 } }),
    ];
    assert.equal(one, other);
  });

  it('shows whose action it is, and nothing of the parameters or the agent', () => {
    assert.match(identityOf(), /^web:fetch:[\w-]{43}$/);
  });

  it('tells agents apart, and who acts for them, unless the answer is the same for all', () => {
    const agents = [agent, { ...agent, id: 'agt_2' }, actsFor('agt_2'), actsFor('agt_3')];
    const ofAgent = agents.map((each) => identityOf({ agent: each }));
    assert.equal(new Set(ofAgent).size, agents.length);
    const shared = agents.map((each) => identityOf({ agent: each }, 'shared'));
    assert.equal(new Set(shared).size, 1);
    assert.ok(!ofAgent.includes(shared[0] ?? ''));
  });

  const different: [guarantee: string, change: Partial<ValidatedCall>][] = [
    ['other parameters', { params: { url: 'https://example.org/' } }],
    ['another version of the manifest', { tool: { ...web, version: '2' } }],
    ['another action', { action: web.actions.get('constructor') ?? assert.fail() }],
  ];
  for (const [guarantee, change] of different)
    it(`is another for ${guarantee}`, () =>
      assert.notEqual(identityOf(change, 'shared'), identityOf({}, 'shared')));

  it('is another where the adapter must keep something else: a redirect that one may follow another may not', () => {
    const identities = [[], domains('a.example'), domains('b.example')].map((obligations) =>
      identityOf({}, 'shared', obligations),
    );
    assert.equal(new Set(identities).size, 3);
  });
});
