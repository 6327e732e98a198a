import { createEdgeClient, requestToken, type StackFile } from '@4runr/local-stack';
import { type LoadOutcome, type OpenLoad, startOpenLoad } from './open-load.ts';

/** What is asked for, again and again. */
export type Asked = 'search' | 'fetch' | 'chat' | 'mail' | 'token';

export interface SteadyOutcome extends LoadOutcome {
  readonly asked: Asked;
}

export interface SteadyLoad {
  /** Everything that was answered between two moments of the monotonic clock, in no order. */
  outcomes(from?: number, to?: number): SteadyOutcome[];
  stop(): Promise<void>;
}

const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Which way is north?' }] };

const calls = [
  { asked: 'search', agent: 'scraper', path: 'serpapi/search', body: { q: 'steady' } },
  { asked: 'fetch', agent: 'scraper', path: 'http_fetch/get', body: { url: 'https://example.com/' } },
  { asked: 'chat', agent: 'enricher', path: 'openai/chat', body: chat },
  {
    asked: 'mail',
    agent: 'engager',
    path: 'gmail_send/send',
    body: { to: 'ada@company.com', subject: 'steady', text: 'Hello' },
  },
] as const;

/** Tokens of tests are good for a quarter of an hour. */
const tokenRenewalMs = 300_000;

/**
 * Every tool is called at `ratePerSecond`, none answered from the cache; tokens are asked for once a second. All of it through
 * the edge over plain HTTP, at a fixed rate whatever the answers.
 */
export async function startSteadyLoad(described: StackFile, ratePerSecond: number): Promise<SteadyLoad> {
  const { edge: at, agents } = described;
  const edge = createEdgeClient({ url: at.https, caFile: at.ca });
  const tokens = new Map<string, string>();
  const renew = async () => {
    for (const name of ['scraper', 'enricher', 'engager'] as const)
      tokens.set(name, await requestToken(edge, agents[name]));
  };
  await renew();
  const renewal = setInterval(() => void renew().catch(() => {}), tokenRenewalMs);
  const loads = calls.map(({ asked, agent, path, body }) => ({
    asked,
    load: startOpenLoad({
      ...{ url: at.http, path: `/v1/tools/${path}`, body, ratePerSecond },
      token: () => tokens.get(agent) ?? '',
      headers: { 'cache-control': 'no-store' },
    }),
  }));
  const all = [...loads, { asked: 'token' as const, load: askForTokens(described) }];
  return {
    outcomes: (from = 0, to = Number.POSITIVE_INFINITY) =>
      all.flatMap(({ asked, load }) =>
        load.outcomes
          .filter(({ sentAt, ms }) => sentAt + ms >= from && sentAt + ms < to)
          .map((outcome) => ({ ...outcome, asked })),
      ),
    async stop() {
      clearInterval(renewal);
      await Promise.all(all.map(({ load }) => load.stop()));
      await edge.close();
    },
  };
}

const tokenEveryMs = 500;

function askForTokens({ edge: at, agents }: StackFile): OpenLoad {
  const edge = createEdgeClient({ url: at.https, caFile: at.ca });
  const outcomes: LoadOutcome[] = [];
  const underWay = new Set<Promise<void>>();
  const ask = async () => {
    const sentAt = performance.now();
    const outcome = await requestToken(edge, agents.scraper).then(() => '200', String);
    outcomes.push({ sentAt, ms: performance.now() - sentAt, outcome, attempts: undefined });
  };
  const timer = setInterval(() => {
    const asking: Promise<void> = ask().finally(() => underWay.delete(asking));
    underWay.add(asking);
  }, tokenEveryMs);
  return {
    outcomes,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      await edge.close();
    },
  };
}
