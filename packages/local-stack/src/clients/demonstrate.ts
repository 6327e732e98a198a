import { setTimeout } from 'node:timers/promises';
import { adapterDeclarations } from '../services/read-adapter-declarations.ts';
import type { StackFile } from '../stack/stack-file.ts';
import type { EdgeAnswer, EdgeClient } from './edge-client.ts';
import { permitDemonstration } from './permit-demonstration.ts';
import { type ClientCredentials, requestToken } from './request-token.ts';

export interface Demonstration {
  readonly scope: string;
  readonly answer: EdgeAnswer;
}

/**
 * Makes the call of each tool that its `adapter.json` gives, through the edge, by the agent that may make it; in live mode only
 * those that cost and change nothing.
 */
export async function demonstrate(options: {
  edge: EdgeClient;
  operator: ClientCredentials;
  agents: StackFile['agents'];
  upstreamMode: 'mock' | 'live';
  onAnswer: (demonstration: Demonstration) => void;
  /** Waits between two attempts; of tests. */
  pause?: () => Promise<void>;
}): Promise<void> {
  const { edge, operator, agents, upstreamMode, onAnswer, pause = () => setTimeout(100) } = options;
  for (const { tool, demonstration } of adapterDeclarations) {
    if (demonstration === undefined || (upstreamMode === 'live' && !demonstration.harmless)) continue;
    const { agent, action, params } = demonstration;
    const token = await requestToken(edge, agents[agent]);
    if (!demonstration.builtIn)
      await permitDemonstration({ edge, operator, tool, agent, action, token, pause });
    const answer = await edge.send(`/v1/tools/${tool}/${action}`, { method: 'POST', token, json: params });
    onAnswer({ scope: `${tool}:${action}`, answer });
  }
}
