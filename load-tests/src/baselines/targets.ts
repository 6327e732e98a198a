import { createEdgeClient, requestToken, type StackFile } from '@4runr/local-stack';
import { absolute } from '../mesh/start-mesh.ts';
import type { Baseline } from './baseline-process.ts';
import type { Target } from './target.ts';

/** What is measured, by what the gates call it. */
export interface Targets {
  readonly search: Target;
  readonly cachedSearch: Target;
  readonly chat: Target;
  readonly skeletonSearch: Target;
  readonly skeletonChat: Target;
  readonly portkeyChat: Target;
}

const query = JSON.stringify({ q: 'what a call costs', num: 3 });
const question = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'What does a call cost?' }],
});

/** Tokens last for 15 minutes: as long as measuring may take. */
export async function makeTargets(options: {
  describe: () => StackFile;
  skeleton: Baseline;
  portkey: Baseline;
}): Promise<Targets> {
  const { describe, skeleton, portkey } = options;
  const { edge, simulator } = describe();
  const tokens = await requestTokens(describe());
  const ours = (
    name: string,
    path: string,
    body: string,
    headers: Record<string, string>,
    answersWith: string,
  ) => ({
    name,
    url: edge.http,
    path: `/v1/tools/${path}`,
    headers: () => headers,
    body,
    answersWith,
    parts: () => describe().parts.filter((part) => part.name !== 'provider-simulator'),
  });
  const bare = (name: string, path: string, body: string, answersWith: string) => ({
    name,
    url: skeleton.url,
    path: `/${path}`,
    headers: () => ({}),
    body,
    answersWith,
    parts: () => [...skeleton.parts, ...describe().parts.filter((part) => part.name === 'redis-state')],
  });
  const asScraper = { authorization: `Bearer ${tokens.scraper}` };
  const found = '"organic_results"';
  const said = '"choices"';
  return {
    search: ours(
      'search, not cached',
      'serpapi/search',
      query,
      { ...asScraper, 'cache-control': 'no-store' },
      found,
    ),
    cachedSearch: ours('search, cached', 'serpapi/search', query, asScraper, found),
    chat: ours('chat', 'openai/chat', question, { authorization: `Bearer ${tokens.enricher}` }, said),
    skeletonSearch: bare('skeleton: search', 'serpapi/search', query, found),
    skeletonChat: bare('skeleton: chat', 'openai/chat', question, said),
    portkeyChat: {
      name: 'Portkey: chat',
      url: portkey.url,
      path: '/v1/chat/completions',
      headers: () => ({
        authorization: 'Bearer any',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${simulator?.url}/v1`,
      }),
      body: question,
      answersWith: said,
      parts: () => portkey.parts,
    },
  };
}

async function requestTokens({ edge, agents }: StackFile) {
  const client = createEdgeClient({ url: edge.https, caFile: absolute(edge.ca) });
  const tokenOf = ({ clientId, keyFile }: StackFile['agents']['scraper']) =>
    requestToken(client, { clientId, keyFile: absolute(keyFile) });
  try {
    return { scraper: await tokenOf(agents.scraper), enricher: await tokenOf(agents.enricher) };
  } finally {
    await client.close();
  }
}
