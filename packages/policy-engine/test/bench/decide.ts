/**
 * CPU time of one decision, and how it grows with the policies and agents that have nothing to do with the call.
 *
 *     node packages/policy-engine/test/bench/decide.ts
 */
import type { Policy } from '@4runr/contracts/policy';
import { compilePolicies, decide, type PolicyCall, type PolicySet } from '../../src/index.ts';

const decisions = 200_000;
const subject = { id: 'agt_1', role: 'analyst' };
const noFacts = { url: [], model: [], recipient: [] };

const policy: Policy = {
  name: 'mine',
  subjects: { roles: ['analyst'] },
  allow: ['serpapi:search', 'http_fetch:get', 'gmail_send:send'],
  guards: {
    domains: { allow: ['*.wikipedia.org', 'example.com'], deny: ['secret.wikipedia.org'] },
    recipients: { allow: ['*@company.com'] },
  },
};

const calls: Record<string, PolicyCall> = {
  'allow, no facts': { subject, scope: 'serpapi:search', facts: noFacts },
  'allow, one url': {
    subject,
    scope: 'http_fetch:get',
    facts: { ...noFacts, url: ['https://en.wikipedia.org/wiki/Cat'] },
  },
  'allow, one recipient': {
    subject,
    scope: 'gmail_send:send',
    facts: { ...noFacts, recipient: ['ada@company.com'] },
  },
  'deny, one url': { subject, scope: 'http_fetch:get', facts: { ...noFacts, url: ['https://evil.test/'] } },
  'deny, no policy': { subject, scope: 'openai:chat', facts: noFacts },
};

for (const others of [9, 4_999]) {
  const set = compilePolicies([policy, ...otherPolicies(others, 1)]);
  for (const [name, call] of Object.entries(calls)) report(`${others + 1} policies: ${name}`, set, call);
}
for (const agents of [10, 100_000]) {
  const set = compilePolicies([policy, ...otherPolicies(100, agents / 100)]);
  for (const [name, call] of Object.entries(calls)) report(`${agents} agents named: ${name}`, set, call);
}

/** Policies for the same scopes, of other roles and agents. */
function otherPolicies(count: number, agentsEach: number): Policy[] {
  return Array.from({ length: count }, (_, index) => ({
    ...policy,
    name: `other-${index}`,
    subjects: {
      roles: [`role-${index}`],
      agents: Array.from({ length: agentsEach }, (_agent, agent) => `agt_${index}_${agent}`),
    },
  }));
}

function report(name: string, set: PolicySet, call: PolicyCall): void {
  run(set, call, decisions / 10);
  const before = process.cpuUsage();
  run(set, call, decisions);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${name}: ${((user + system) / decisions).toFixed(2)} µs\n`);
}

function run(set: PolicySet, call: PolicyCall, times: number): void {
  for (let index = 0; index < times; index += 1) decide(set, call);
}
