import { dryRunRequestExample } from '../decision/index.ts';
import type { Policy, PolicyList, PolicyRecord } from './policy.ts';
import type { PolicyHistory } from './policy-history.ts';
import type { SimulateCall, Simulation, SimulationRequest } from './policy-simulation.ts';

/** Every field that a document may have. */
export const policyExample: Policy = {
  name: 'example',
  subjects: { roles: ['analyst'], agents: ['agt_01k3v9q2m4h8w6x5z7yd'] },
  mode: 'enforce',
  allow: ['serpapi:search', 'http_fetch:get', 'openai:chat', 'gmail_send:send'],
  deny: ['http_fetch:head'],
  intents: ['lead_discovery'],
  guards: {
    maxRequestBytes: 10_000,
    maxResponseBytes: 1_000_000,
    domains: { allow: ['*.wikipedia.org', 'example.com'], deny: ['private.wikipedia.org'] },
    models: { allow: ['gpt-4o-mini', 'gpt-4.1-*'] },
    recipients: { allow: ['*@company.com', 'ada@example.org'] },
    pii: { detect: ['email', 'phone', 'ssn', 'credit_card'], on: 'request', effect: 'deny' },
    streaming: 'deny',
    when: 'size(params.q) <= 200',
  },
  schedule: {
    timezone: 'America/New_York',
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    from: '09:00',
    to: '17:00',
  },
  quotas: [
    {
      scope: 'serpapi:search',
      limit: 100,
      window: '24h',
      algorithm: 'sliding',
      per: 'agent',
      cost: 'calls',
    },
  ],
  response: {
    redact: ['api_key', '**.token'],
    truncate: { content: 1_000 },
    block: ['-----BEGIN .*PRIVATE KEY-----'],
  },
};

/** The least that a document needs; it allows nothing. */
export const leastPolicyExample: Policy = { name: 'nothing', subjects: { roles: ['analyst'] } };

export const policyRecordExample: PolicyRecord = {
  name: 'example',
  version: 'sha256:5f0c6c2a6b5de4a6e1c3fd6ff1a2f0c4f25d7a3b8c9e0d1f2a3b4c5d6e7f8091',
  document: policyExample,
  createdAt: '2025-10-09T08:53:20.000Z',
  updatedAt: '2025-10-09T08:53:20.000Z',
};

export const policyListExample: PolicyList = { items: [policyRecordExample], nextCursor: 'example' };

/** Created, deleted, and created anew with another document. */
export const policyHistoryExample: PolicyHistory = {
  name: 'nothing',
  items: [
    {
      number: 3,
      change: 'create',
      version: 'sha256:9a0d1f2a3b4c5d6e7f80915f0c6c2a6b5de4a6e1c3fd6ff1a2f0c4f25d7a3b8c',
      document: leastPolicyExample,
      at: '2025-10-09T09:20:00.000Z',
      by: 'opr_01k3v9q2m4h8w6x5z7yd',
    },
    {
      number: 2,
      change: 'delete',
      version: null,
      document: null,
      at: '2025-10-09T09:10:00.000Z',
      by: 'opr_01k3v9q2m4h8w6x5z7yd',
    },
    {
      number: 1,
      change: 'create',
      version: 'sha256:5f0c6c2a6b5de4a6e1c3fd6ff1a2f0c4f25d7a3b8c9e0d1f2a3b4c5d6e7f8091',
      document: { ...leastPolicyExample, deny: ['serpapi:search'] },
      at: '2025-10-09T09:00:00.000Z',
      by: 'system',
    },
  ],
  nextCursor: null,
};

/** Would any scraper be let search, on a Sunday, if this policy were there? */
export const simulateCallExample: SimulateCall = {
  agent: { role: 'scraper' },
  tool: 'serpapi',
  action: 'search',
  params: { q: 'opening hours' },
  intent: 'lead_discovery',
  at: '2025-10-12T10:00:00+02:00',
  policy: { name: 'closed', subjects: { roles: ['scraper'] }, deny: ['serpapi:search'] },
};

export const simulationExample: Simulation = {
  decision: 'deny',
  reasons: [
    {
      rule: 'deny',
      policy: {
        name: 'closed',
        version: 'sha256:37dbc5f0dc9ba6eb2b0ff8ea0c1f63b2ba9e7ea4a1a4ae4b1c9d3c7cd0ac2a9e',
      },
      pointer: '/deny/0',
      detail: 'closed denies serpapi:search.',
    },
  ],
  policy: {
    name: 'closed',
    version: 'sha256:37dbc5f0dc9ba6eb2b0ff8ea0c1f63b2ba9e7ea4a1a4ae4b1c9d3c7cd0ac2a9e',
  },
  obligations: [],
  quotas: [],
  shadow: [],
};

/** What proxy-service makes of `simulateCallExample`. */
export const simulationRequestExample: SimulationRequest = {
  question: {
    ...dryRunRequestExample,
    subject: {
      type: 'agent',
      id: 'simulated',
      properties: { role: 'scraper', act: null },
    },
    action: { name: 'serpapi:search' },
    resource: { type: 'tool', id: 'serpapi' },
    context: { ...dryRunRequestExample.context, params: { q: 'opening hours' }, requestBytes: 21 },
  },
  at: '2025-10-12T10:00:00+02:00',
  policy: { name: 'closed', subjects: { roles: ['scraper'] }, deny: ['serpapi:search'] },
};
