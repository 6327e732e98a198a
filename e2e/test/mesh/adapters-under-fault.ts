import { gmailSendAdapter } from '@4runr/adapter-gmail-send/adapter';
import { httpFetchAdapter } from '@4runr/adapter-http-fetch/adapter';
import type { AdapterDefinition } from '@4runr/adapter-kit';
import { startTestAdapter, type TestAdapter } from '@4runr/adapter-kit/testing';
import { openaiAdapter } from '@4runr/adapter-openai/adapter';
import { serpapiAdapter } from '@4runr/adapter-serpapi/adapter';
import type { Params } from '@4runr/contracts/call';
import type { BaseConfig } from '@4runr/service-kit/config';

/** A call that succeeds unless a fault hits it. */
export interface FaultyCall {
  readonly tool: string;
  readonly action: string;
  readonly params: Params;
  /** What the simulator counts its requests under. */
  readonly provider: string;
}

/** A call of every action of every adapter. */
export const everyAction: readonly FaultyCall[] = [
  { tool: 'serpapi', action: 'search', params: { q: 'tea', num: 2 }, provider: 'serpapi' },
  {
    tool: 'openai',
    action: 'chat',
    params: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] },
    provider: 'openai',
  },
  { tool: 'http_fetch', action: 'get', params: { url: 'http://example.com/' }, provider: 'web' },
  { tool: 'http_fetch', action: 'head', params: { url: 'http://example.com/' }, provider: 'web' },
  {
    tool: 'gmail_send',
    action: 'send',
    params: { to: 'ada@company.com', subject: 'Fault matrix', text: 'Hello' },
    provider: 'gmail',
  },
];

/** The real adapters in this process, before a simulator. */
export interface AdaptersUnderFault {
  readonly byTool: Readonly<Record<string, TestAdapter>>;
  close(): Promise<void>;
}

export interface AdaptersUnderFaultOptions {
  /** Base URL of the simulator. */
  readonly simulatorUrl: string;
  /** Time of every action, in place of its own, which nobody wants to wait for. */
  readonly timeLimitMs: number;
}

export async function startAdaptersUnderFault(
  options: AdaptersUnderFaultOptions,
): Promise<AdaptersUnderFault> {
  const { simulatorUrl: url, timeLimitMs } = options;
  const start = <C extends BaseConfig, A extends string>(
    adapter: AdapterDefinition<C, A>,
    settings: Record<string, string>,
  ) => startTestAdapter(limitTo(timeLimitMs, adapter), settings);
  const byTool = {
    serpapi: await start(serpapiAdapter, { SERPAPI_BASE_URL: url, SERPAPI_API_KEY: 'key' }),
    openai: await start(openaiAdapter, { OPENAI_BASE_URL: url, OPENAI_API_KEY: 'key' }),
    http_fetch: await start(httpFetchAdapter, {
      HTTP_FETCH_OVERRIDE_HOSTS: 'example.com',
      HTTP_FETCH_OVERRIDE_HTTP: new URL(url).host,
    }),
    gmail_send: await start(gmailSendAdapter, {
      GMAIL_BASE_URL: url,
      GMAIL_TOKEN_URL: `${url}/token`,
      GMAIL_CLIENT_ID: 'client',
      GMAIL_CLIENT_SECRET: 'secret',
      GMAIL_REFRESH_TOKEN: 'token',
      GMAIL_SENDER: 'gateway@company.com',
    }),
  };
  return {
    byTool,
    close: async () => void (await Promise.all(Object.values(byTool).map((adapter) => adapter.close()))),
  };
}

function limitTo<C extends BaseConfig, A extends string>(
  timeoutMs: number,
  adapter: AdapterDefinition<C, A>,
): AdapterDefinition<C, A> {
  const actions = Object.entries(adapter.manifest.actions).map(([name, action]) => [
    name,
    { ...(action as object), timeoutMs },
  ]);
  return { ...adapter, manifest: { ...adapter.manifest, actions: Object.fromEntries(actions) } };
}
