import type { AgentName, StackFile } from '../stack/stack-file.ts';
import type { EdgeAnswer, EdgeClient } from './edge-client.ts';
import { requestToken } from './request-token.ts';

interface DemonstrationCall {
  readonly agent: AgentName;
  readonly tool: string;
  readonly action: string;
  readonly params: object;
  /** Neither costs money nor has an effect, even when the provider is the real one. */
  readonly isHarmless: boolean;
}

/** One call of each tool, by the agent that may make it. */
const calls: readonly DemonstrationCall[] = [
  {
    agent: 'scraper',
    tool: 'serpapi',
    action: 'search',
    params: { q: 'api gateway', num: 3 },
    isHarmless: false,
  },
  {
    agent: 'scraper',
    tool: 'http_fetch',
    action: 'get',
    params: { url: 'https://example.com/' },
    isHarmless: true,
  },
  {
    agent: 'enricher',
    tool: 'openai',
    action: 'chat',
    params: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Say hello.' }] },
    isHarmless: false,
  },
  {
    agent: 'engager',
    tool: 'gmail_send',
    action: 'send',
    params: { to: 'you@company.com', subject: 'Hello', text: 'From the gateway.' },
    isHarmless: false,
  },
];

export interface Demonstration {
  readonly scope: string;
  readonly answer: EdgeAnswer;
}

/** Makes one call of each tool through the edge, in live mode only those that cost and change nothing. */
export async function demonstrate(options: {
  edge: EdgeClient;
  agents: StackFile['agents'];
  upstreamMode: 'mock' | 'live';
  onAnswer: (demonstration: Demonstration) => void;
}): Promise<void> {
  const { edge, agents, upstreamMode, onAnswer } = options;
  for (const { agent, tool, action, params, isHarmless } of calls) {
    if (upstreamMode === 'live' && !isHarmless) continue;
    const token = await requestToken(edge, agents[agent]);
    const answer = await edge.send(`/v1/tools/${tool}/${action}`, { method: 'POST', token, json: params });
    onAnswer({ scope: `${tool}:${action}`, answer });
  }
}
