import type { AuthzenConfiguration, EvaluationRequest, EvaluationResponse } from './evaluation.ts';
import type { EvaluationsRequest, EvaluationsResponse } from './evaluations.ts';
import type { Obligation } from './obligation.ts';
import type { QuotaClaim, QuotaState } from './quota.ts';
import type { PolicyReference } from './reason.ts';

const scraper: PolicyReference = {
  name: 'scraper',
  version: 'sha256:5f0c6c2a6b5de4a6e1c3fd6ff1a2f0c4f25d7a3b8c9e0d1f2a3b4c5d6e7f8091',
};

/** A web search by an agent of role `scraper`. */
export const evaluationRequestExample: EvaluationRequest = {
  subject: { type: 'agent', id: 'agt_01k3v9q2m4h8w6x5z7yd', properties: { role: 'scraper', act: null } },
  action: { name: 'serpapi:search' },
  resource: { type: 'tool', id: 'serpapi' },
  context: {
    callId: 'call_01k3vb6e5n7p9r2t4w6y',
    intent: 'lead_discovery',
    params: { q: 'opening hours' },
    facts: { url: [], model: [], recipient: [] },
    requestBytes: 21,
    dryRun: false,
  },
};

/** Asks, for a list of tools, whether the agent may fetch pages at all. */
export const dryRunRequestExample: EvaluationRequest = {
  ...evaluationRequestExample,
  action: { name: 'http_fetch:get' },
  resource: { type: 'tool', id: 'http_fetch' },
  context: { ...evaluationRequestExample.context, params: {}, requestBytes: 0, dryRun: true },
};

/** Another agent, of role `enricher`, makes the call for the first. */
export const actorRequestExample: EvaluationRequest = {
  ...evaluationRequestExample,
  subject: {
    ...evaluationRequestExample.subject,
    properties: { role: 'scraper', act: { id: 'agt_01k3w2m5n8p1r4t7w0y3', role: 'enricher' } },
  },
  context: { ...evaluationRequestExample.context, callId: 'call_01k3vb6e5n7p9r2t4w70' },
};

/** The same agent wants to send mail, which no policy of it names. */
export const deniedRequestExample: EvaluationRequest = {
  ...evaluationRequestExample,
  action: { name: 'gmail_send:send' },
  resource: { type: 'tool', id: 'gmail_send' },
  context: {
    ...evaluationRequestExample.context,
    callId: 'call_01k3vb6e5n7p9r2t4w71',
    params: { to: 'ada@company.com', subject: 'Hello', text: 'Hello' },
    facts: { url: [], model: [], recipient: ['ada@company.com'] },
    requestBytes: 62,
  },
};

export const allowedResponseExample: EvaluationResponse = {
  decision: true,
  context: {
    decisionId: 'dec_0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f10',
    policy: scraper,
    reasons: [
      { rule: 'allow', policy: scraper, pointer: '/allow/0', detail: 'scraper allows serpapi:search.' },
    ],
    obligations: [],
    quota: [],
    recordedAt: '2025-10-09T08:53:05.120Z',
    permit: 'eyJhbGciOiJIUzI1NiIsInR5cCI6InBlcm1pdCtqd3QiLCJraWQiOiIxIn0.e30.c2lnbmF0dXJl',
  },
};

/** An answer whose call has to keep to some hosts on every redirect. */
export const obligedResponseExample: EvaluationResponse = {
  ...allowedResponseExample,
  context: {
    ...allowedResponseExample.context,
    obligations: [{ type: 'domains', allow: ['*.wikipedia.org', 'example.com'], deny: [] }],
  },
};

/** One of every type that there is. */
export const obligationExamples: Obligation[] = [
  { type: 'domains', allow: ['*.wikipedia.org', 'example.com'], deny: [] },
  { type: 'maxCost', costs: { tokens: 4_321 } },
  { type: 'maxResponseBytes', bytes: 1_000_000 },
  { type: 'redact', paths: ['api_key', '**.token'] },
  { type: 'truncate', limits: { content: 1_000 } },
  { type: 'block', patterns: ['-----BEGIN .*PRIVATE KEY-----'] },
  { type: 'pii', detect: ['email', 'ssn'], effect: 'redact' },
];

/** A hundred searches a day, counted for each agent. */
export const quotaClaimExample: QuotaClaim = {
  policy: scraper,
  pointer: '/quotas/0',
  scope: 'serpapi:search',
  limit: 100,
  windowSeconds: 86_400,
  algorithm: 'sliding',
  per: 'agent',
  cost: 'calls',
  key: 'scraper:q0Yb3kD1xW8vZ2mN',
};

export const quotaStateExample: QuotaState = {
  policy: scraper,
  pointer: '/quotas/0',
  limit: 100,
  windowSeconds: 86_400,
  cost: 'calls',
  remaining: 58,
  resetSeconds: 3_120,
};

/** A denial because a quota is used up. */
export const limitedResponseExample: EvaluationResponse = {
  decision: false,
  context: {
    decisionId: 'dec_6d0f2f0c-7f2b-4b7a-8f55-2a6b1c0d9e90',
    policy: scraper,
    reasons: [
      {
        rule: 'quota',
        policy: scraper,
        pointer: '/quotas/0',
        detail: 'scraper allows each agent 100 calls of serpapi:search within any 86400 s.',
      },
    ],
    obligations: [],
    quota: [{ ...quotaStateExample, remaining: 0 }],
    retryAfterSeconds: 3_120,
    recordedAt: '2025-10-09T08:53:05.120Z',
  },
};

/** An answer whose call has taken of a quota. */
export const countedResponseExample: EvaluationResponse = {
  ...allowedResponseExample,
  context: {
    ...allowedResponseExample.context,
    quota: [quotaStateExample],
  },
};

export const deniedResponseExample: EvaluationResponse = {
  decision: false,
  context: {
    decisionId: 'dec_6d0f2f0c-7f2b-4b7a-8f55-2a6b1c0d9e8f',
    policy: null,
    reasons: [
      {
        rule: 'no_policy',
        policy: null,
        pointer: null,
        detail: 'No policy of this agent or its role allows gmail_send:send.',
      },
    ],
    obligations: [],
    quota: [],
    recordedAt: '2025-10-09T08:53:05.120Z',
  },
};

/** A denial because the acting agent has no permission of its own. */
export const actorDeniedResponseExample: EvaluationResponse = {
  decision: false,
  context: {
    ...deniedResponseExample.context,
    reasons: [
      {
        rule: 'no_policy',
        policy: null,
        pointer: null,
        agent: 'agt_01k3w2m5n8p1r4t7w0y3',
        detail: 'No policy of this agent or its role allows serpapi:search.',
      },
    ],
  },
};

/** A denial by guards: the first reason decided, the second says what else would have been needed. */
export const guardDeniedResponseExample: EvaluationResponse = {
  decision: false,
  context: {
    ...deniedResponseExample.context,
    policy: scraper,
    reasons: [
      {
        rule: 'intent',
        policy: scraper,
        pointer: '/intents',
        detail: 'scraper needs Agent-Intent to be one of: lead_discovery.',
      },
      {
        rule: 'domain',
        policy: scraper,
        pointer: '/guards/domains',
        detail: 'scraper needs every url to be at one of: *.wikipedia.org.',
      },
    ],
  },
};

/** Asks, for a list of tools, about two actions at once. */
export const evaluationsRequestExample: EvaluationsRequest = {
  subject: dryRunRequestExample.subject,
  context: dryRunRequestExample.context,
  evaluations: [
    { action: { name: 'http_fetch:get' }, resource: { type: 'tool', id: 'http_fetch' } },
    { action: { name: 'gmail_send:send' }, resource: { type: 'tool', id: 'gmail_send' } },
  ],
};

const { permit: _permit, recordedAt: _recordedAt, ...dryRunContext } = allowedResponseExample.context;

export const evaluationsResponseExample: EvaluationsResponse = {
  evaluations: [{ decision: true, context: dryRunContext }, deniedResponseExample],
};

/** The second question is malformed. */
export const failedEvaluationsResponseExample: EvaluationsResponse = {
  evaluations: [
    deniedResponseExample,
    {
      decision: false,
      context: {
        error: { status: 400, code: 'request.invalid', message: '/action: Invalid input: expected object' },
      },
    },
  ],
};

export const authzenConfigurationExample: AuthzenConfiguration = {
  policy_decision_point: 'http://127.0.0.1:4002',
  access_evaluation_endpoint: 'http://127.0.0.1:4002/access/v1/evaluation',
  access_evaluations_endpoint: 'http://127.0.0.1:4002/access/v1/evaluations',
};
