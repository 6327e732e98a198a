/**
 * CPU time of one decision, and how it grows with the policies and agents that have nothing to do with the call.
 *
 *     node packages/policy-engine/test/bench/decide.ts
 */
import { type Policy, policyExample } from '@4runr/contracts/policy';
import { compilePolicies, decide, type PolicyCall, type PolicySet } from '../../src/index.ts';

const decisions = 100_000;
const rounds = 5;
const at = new Date('2026-03-02T17:00:00Z');
const subject = { id: 'agt_1', role: 'analyst' };
const noFacts = { url: [], model: [], recipient: [] };
const asked = { subject, params: { q: 'opening hours' }, requestBytes: 21, facts: noFacts };

const policy: Policy = {
  name: 'mine',
  subjects: { roles: ['analyst'] },
  allow: ['serpapi:search', 'http_fetch:get', 'gmail_send:send'],
  guards: {
    domains: { allow: ['*.wikipedia.org', 'example.com'], deny: ['secret.wikipedia.org'] },
    recipients: { allow: ['*@company.com'] },
  },
};

/** A policy that makes use of every field. */
const full: Policy = {
  ...policyExample,
  name: 'full',
  subjects: { roles: ['auditor'] },
  allow: ['serpapi:search'],
  quotas: [{ scope: 'serpapi:search', limit: 100, window: '24h' }],
};

const calls: Record<string, PolicyCall> = {
  'allow, no facts': { ...asked, scope: 'serpapi:search' },
  'allow, one url': {
    ...asked,
    scope: 'http_fetch:get',
    facts: { ...noFacts, url: ['https://en.wikipedia.org/wiki/Cat'] },
  },
  'allow, one recipient': {
    ...asked,
    scope: 'gmail_send:send',
    facts: { ...noFacts, recipient: ['ada@company.com'] },
  },
  'deny, one url': { ...asked, scope: 'http_fetch:get', facts: { ...noFacts, url: ['https://evil.test/'] } },
  'deny, no policy': { ...asked, scope: 'openai:chat' },
  'allow, every kind of guard': {
    ...asked,
    subject: { id: 'agt_2', role: 'auditor' },
    scope: 'serpapi:search',
    intent: 'lead_discovery',
  },
};

compare('policies', [10, 5_000], (count) => [policy, full, ...otherPolicies(count - 2, 1)]);
compare('agents named', [10, 100_000], (count) => [policy, full, ...otherPolicies(10, count / 10)]);

/** Prints what each call costs with few and with many, in microseconds, and how many times as much the latter is. */
function compare(what: string, counts: [number, number], documentsFor: (count: number) => Policy[]): void {
  const [few, many] = counts.map((count) => compilePolicies(documentsFor(count)));
  if (few === undefined || many === undefined) return;
  process.stdout.write(`${counts[0]} -> ${counts[1]} ${what}\n`);
  for (const [name, call] of Object.entries(calls)) {
    const [before, after] = measure([few, many], call);
    const growth = (after / before).toFixed(2);
    process.stdout.write(`  ${name}: ${before.toFixed(2)} -> ${after.toFixed(2)} µs, ${growth} times\n`);
  }
}

/** Policies for the same scopes, of other roles and agents. */
function otherPolicies(count: number, agentsEach: number): Policy[] {
  return Array.from({ length: count }, (_, index) => ({
    ...(index % 2 === 0 ? policy : full),
    name: `other-${index}`,
    subjects: {
      roles: [`role-${index}`],
      agents: Array.from({ length: agentsEach }, (_agent, agent) => `agt_${index}_${agent}`),
    },
  }));
}

/** The least of some rounds, which take turns: other work on the machine only ever adds. */
function measure(sets: readonly [PolicySet, PolicySet], call: PolicyCall): [number, number] {
  const least: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round <= rounds; round += 1) {
    for (const index of [0, 1] as const) {
      const micros = run(sets[index], call);
      if (round > 0) least[index] = Math.min(least[index], micros);
    }
  }
  return least;
}

/** CPU time of one decision, in microseconds. */
function run(set: PolicySet, call: PolicyCall): number {
  const before = process.cpuUsage();
  for (let index = 0; index < decisions; index += 1) decide(set, call, at);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / decisions;
}
