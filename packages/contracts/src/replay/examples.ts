import { callDecisionExample } from '../audit/index.ts';
import type { Replay, ReplayRequest } from './replay.ts';

/** What would have become of a day's calls if scrapers might not have searched? */
export const replayRequestExample: ReplayRequest = {
  policy: { name: 'closed', subjects: { roles: ['scraper'] }, deny: ['serpapi:search'] },
  from: '2025-10-09T00:00:00Z',
  to: '2025-10-10T00:00:00Z',
};

const closed = {
  name: 'closed',
  version: 'sha256:37dbc5f0dc9ba6eb2b0ff8ea0c1f63b2ba9e7ea4a1a4ae4b1c9d3c7cd0ac2a9e',
};
const { id: callId, at, agent, tool, action, traceId, decision, policy, reasons } = callDecisionExample;

export const replayExample: Replay = {
  evaluated: 2_048,
  changed: [
    {
      callId,
      at,
      agent,
      tool,
      action,
      traceId,
      recorded: { decision, policy, reasons },
      candidate: {
        decision: 'denied',
        policy: closed,
        reasons: [
          { rule: 'deny', policy: closed, pointer: '/deny/0', detail: 'closed denies serpapi:search.' },
        ],
      },
    },
  ],
  undeterminable: 3,
  unknown: [{ what: 'record', calls: 3, example: 'call_0b3c2f2e-6f4e-4a53-9a6c-8c3a7f9f4f13' }],
  nextCursor: null,
};
