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

interface Mesh {
  /** The stack as it is now. */
  readonly describe: () => StackFile;
  readonly skeleton: Baseline;
  readonly portkey: Baseline;
}

/** Tokens last for 15 minutes: `renewTokens` gets others for every target. */
export async function makeTargets(
  mesh: Mesh,
): Promise<{ targets: Targets; renewTokens: () => Promise<void> }> {
  let tokens = await requestTokens(mesh.describe());
  const targets = {
    ...ourTargets(mesh, () => tokens),
    ...skeletonTargets(mesh),
    portkeyChat: portkeyChat(mesh),
  };
  const renewTokens = async () => {
    tokens = await requestTokens(mesh.describe());
  };
  return { targets, renewTokens };
}

const search = { body: query, answersWith: '"organic_results"' };
const chat = { body: question, answersWith: '"choices"' };

function ourTargets({ describe }: Mesh, tokens: () => Record<'scraper' | 'enricher', string>) {
  const ours = {
    url: describe().edge.http,
    parts: () => describe().parts.filter(({ name }) => name !== 'provider-simulator'),
  };
  const asScraper = () => ({ authorization: `Bearer ${tokens().scraper}` });
  const searching = { ...ours, ...search, path: '/v1/tools/serpapi/search' };
  return {
    search: {
      ...searching,
      name: 'search, not cached',
      headers: () => ({ ...asScraper(), 'cache-control': 'no-store' }),
    },
    cachedSearch: { ...searching, name: 'search, cached', headers: asScraper },
    chat: {
      ...ours,
      ...chat,
      name: 'chat',
      path: '/v1/tools/openai/chat',
      headers: () => ({ authorization: `Bearer ${tokens().enricher}` }),
    },
  };
}

function skeletonTargets({ describe, skeleton }: Mesh) {
  const bare = {
    url: skeleton.url,
    headers: () => ({}),
    parts: () => [...skeleton.parts, ...describe().parts.filter(({ name }) => name === 'redis-state')],
  };
  return {
    skeletonSearch: { ...bare, ...search, name: 'skeleton: search', path: '/serpapi/search' },
    skeletonChat: { ...bare, ...chat, name: 'skeleton: chat', path: '/openai/chat' },
  };
}

function portkeyChat({ describe, portkey }: Mesh): Target {
  return {
    ...chat,
    name: 'Portkey: chat',
    url: portkey.url,
    path: '/v1/chat/completions',
    headers: () => ({
      authorization: 'Bearer any',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${describe().simulator?.url}/v1`,
    }),
    parts: () => portkey.parts,
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
