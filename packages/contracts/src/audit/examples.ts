import { quotaStateExample } from '../decision/index.ts';
import type { CallRecord } from './audit-item.ts';
import type { AuditList } from './audit-list.ts';
import type { CallDecision } from './call-decision.ts';
import type { CallOutcome } from './call-outcome.ts';
import type { CallRefusal } from './call-refusal.ts';
import type { OperatorChange } from './operator-change.ts';

/** An operator suspends an agent. */
export const operatorChangeExample: OperatorChange = {
  kind: 'operator_change',
  id: 'chg_01k3vc7f6p8q0s3v5x7z',
  at: '2025-10-09T08:53:20.000Z',
  operator: 'opr_01k3v9q2m4h8w6x5z7yd',
  action: 'agent.suspend',
  target: { type: 'agent', id: 'agt_01k3v9q2m4h8w6x5z7yd' },
  before: { name: 'Price watcher', role: 'scraper', status: 'active' },
  after: { name: 'Price watcher', role: 'scraper', status: 'suspended' },
  traceId: '0af7651916cd43dd8448eb211c80319c',
};

/** An operator changes a policy: the documents before and after, whole. */
export const policyChangeExample: OperatorChange = {
  kind: 'operator_change',
  id: 'chg_01k3vc7f6p8q0s3v5x81',
  at: '2025-10-09T08:53:15.000Z',
  operator: 'opr_01k3v9q2m4h8w6x5z7yd',
  action: 'policy.update',
  target: { type: 'policy', id: 'scraper' },
  before: { name: 'scraper', subjects: { roles: ['scraper'] }, allow: ['serpapi:search'] },
  after: { name: 'scraper', subjects: { roles: ['scraper'] }, allow: ['http_fetch:get'] },
  traceId: '0af7651916cd43dd8448eb211c80319c',
};

/** Nobody ordered it, and there is nothing to be shown of what was before. */
export const systemChangeExample: OperatorChange = {
  kind: 'operator_change',
  id: 'chg_01k3vc7f6p8q0s3v5x80',
  at: '2025-10-09T08:53:10.000Z',
  operator: 'system',
  action: 'signing_key.rotate',
  target: { type: 'signing_key', id: 'key_2' },
  before: { kid: 'key_1' },
  after: null,
  traceId: null,
};

const searchOfTheWeb = {
  kind: 'call',
  id: 'call_0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f11',
  at: '2025-10-09T08:53:05.120Z',
  agent: 'agt_01k3v9q2m4h8w6x5z7yd',
  tool: 'serpapi',
  action: 'search',
} as const;

/** A web search is allowed, and takes of a quota. */
export const callDecisionExample: CallDecision = {
  ...searchOfTheWeb,
  part: 'decision',
  decisionId: 'dec_0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f10',
  role: 'scraper',
  act: null,
  decision: 'allowed',
  policy: quotaStateExample.policy,
  reasons: [
    {
      rule: 'allow',
      policy: quotaStateExample.policy,
      pointer: '/allow/0',
      detail: 'scraper allows serpapi:search.',
    },
  ],
  obligations: [],
  quota: [quotaStateExample],
  taken: [
    {
      key: 'scraper:q0Yb3kD1xW8vZ2mN',
      per: 'agent',
      amount: 1,
      takenMs: 1_759_999_985_120,
      countedMs: 1_759_999_985_120,
    },
  ],
  facts: { url: [], model: [], recipient: [] },
  basis: { revision: '17', at: '2025-10-09T08:53:05.118Z' },
  paramsSha256: 'q0Yb3kD1xW8vZ2mNq0Yb3kD1xW8vZ2mNq0Yb3kD1xW8',
  requestBytes: 21,
  intent: 'lead_discovery',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
};

/** The same search was carried out. */
export const callOutcomeExample: CallOutcome = {
  ...searchOfTheWeb,
  part: 'outcome',
  outcome: 'completed',
  code: null,
  status: 200,
  attempts: 1,
  durationMs: 14.2,
  dispatched: 'yes',
  cache: 'bypass',
};

/** Another one was never sent, and gives back what it took. */
export const unsentCallExample: CallOutcome = {
  ...callOutcomeExample,
  id: 'call_0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f15',
  outcome: 'failed',
  code: 'breaker.open',
  status: 503,
  attempts: 0,
  durationMs: 0.9,
  dispatched: 'no',
  settlement: { atMs: 1_759_999_985_121, givenBack: true },
};

/** The same agent asks for a tool that there is not. */
export const callRefusalExample: CallRefusal = {
  ...searchOfTheWeb,
  part: 'refusal',
  id: 'call_0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f14',
  tool: 'unknown',
  action: 'unknown',
  role: 'scraper',
  act: null,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4737',
  outcome: 'failed',
  code: 'tool.unknown',
  status: 404,
  attempts: 0,
  durationMs: 0.8,
  dispatched: 'no',
  cache: 'bypass',
};

const { taken: _taken, ...asked } = callDecisionExample;

/** A search that comes after the last one that the quota allows. */
export const limitedCallExample: CallDecision = {
  ...asked,
  id: 'call_0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f12',
  decisionId: 'dec_0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f13',
  decision: 'limited',
  reasons: [
    {
      rule: 'quota',
      policy: quotaStateExample.policy,
      pointer: quotaStateExample.pointer,
      detail: 'scraper allows each agent 100 calls of serpapi:search within any 86400 s.',
    },
  ],
  quota: [{ ...quotaStateExample, remaining: 0 }],
  retryAfterSeconds: 3_120,
};

const { part: _decision, basis: _basis, ...decided } = callDecisionExample;
const { part: _outcome, ...ended } = callOutcomeExample;
const { part: _refusal, ...refused } = callRefusalExample;

/** The search as operators read it. */
export const callRecordExample: CallRecord = { ...decided, ...ended };

export const auditListExample: AuditList = {
  items: [operatorChangeExample, policyChangeExample, systemChangeExample, callRecordExample, refused],
  nextCursor: 'YWZ0ZXI6MTc2MDAwMDAwMDAwMDpjaGdfMDFrM3ZjN2Y2cDhxMHMzdjV4N3o',
};
