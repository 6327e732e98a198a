import type { AdapterDefinition } from '@4runr/adapter-kit';
import { startTestAdapter, type TestAdapter } from '@4runr/adapter-kit/testing';
import type { Params } from '@4runr/contracts/call';
import type { ActionManifest, Effect } from '@4runr/contracts/manifest';
import { type AdapterDeclaration, fillSimulatorTemplate } from '@4runr/local-stack';
import type { Environment } from '@4runr/service-kit/config';
import { everyAdapter } from './every-adapter.ts';

/** A call that succeeds unless a fault hits it. */
export interface FaultyCall {
  readonly tool: string;
  readonly action: string;
  readonly effect: Effect;
  readonly params: Params;
  /** Whether its answer comes bit by bit. */
  readonly streamed: boolean;
  /** What the simulator counts its requests under. */
  readonly provider: string;
}

/** Providers that the simulator counts under another name than their tool's. */
const providersByTool: Readonly<Record<string, string>> = { gmail_send: 'gmail', http_fetch: 'web' };

/** A call of every action of every adapter, the first example of its manifest; of an action that can stream, one streamed as well. */
export const everyAction: readonly FaultyCall[] = everyAdapter.flatMap(({ definition: { manifest } }) =>
  Object.entries(manifest.actions).flatMap(([action, declared]) => {
    const { effect, streaming } = declared;
    const params = exampleOf(declared);
    const provider = providersByTool[manifest.tool] ?? manifest.tool;
    const whole = { tool: manifest.tool, action, effect, params, streamed: false, provider };
    if (streaming === undefined) return [whole];
    return [whole, { ...whole, params: { ...params, [streaming.param]: true }, streamed: true }];
  }),
);

/** The real adapters in this process, before a simulator. */
export interface AdaptersUnderFault {
  readonly byTool: Readonly<Record<string, TestAdapter>>;
  close(): Promise<void>;
}

export interface AdaptersUnderFaultOptions {
  /** Base URL of the simulator. */
  readonly simulatorUrl: string;
  /** Time of every action, streamed or not, in place of its own, which nobody wants to wait for. */
  readonly timeLimitMs: number;
  /** Settings of a tool's adapter, before what it is told in mock mode. */
  readonly settings?: Readonly<Record<string, Environment>>;
}

export async function startAdaptersUnderFault({
  simulatorUrl,
  timeLimitMs,
  settings = {},
}: AdaptersUnderFaultOptions): Promise<AdaptersUnderFault> {
  const started = await Promise.all(
    everyAdapter.map(async ({ declaration, definition }) => {
      const { tool } = declaration;
      const told = { ...settingsOf(declaration, simulatorUrl), ...settings[tool] };
      return [tool, await startTestAdapter(limitTo(timeLimitMs, definition), told)] as const;
    }),
  );
  return {
    byTool: Object.fromEntries(started),
    close: async () => void (await Promise.all(started.map(([, adapter]) => adapter.close()))),
  };
}

/** What it is told in mock mode. The simulator's web is asked over HTTP: the authority of its HTTPS is not known here. */
function settingsOf({ mock }: AdapterDeclaration, url: string): Record<string, string> {
  const places = { url, http: new URL(url).host, https: '', caFile: '', hosts: ['example.com'] };
  const filled = Object.entries(mock).map(([name, value]) => [name, fillSimulatorTemplate(value, places)]);
  return Object.fromEntries(filled.filter(([, value]) => value !== ''));
}

function exampleOf({ params: { examples } }: ActionManifest): Params {
  const [example] = examples as [Params];
  const { url } = example;
  return typeof url === 'string' ? { ...example, url: url.replace('https:', 'http:') } : example;
}

function limitTo(timeoutMs: number, adapter: AdapterDefinition): AdapterDefinition {
  const actions = Object.entries(adapter.manifest.actions).map(([name, action]) => {
    const { streaming } = action;
    const limited = streaming === undefined ? {} : { streaming: { ...streaming, timeoutMs } };
    return [name, { ...action, timeoutMs, ...limited }];
  });
  return { ...adapter, manifest: { ...adapter.manifest, actions: Object.fromEntries(actions) } };
}
