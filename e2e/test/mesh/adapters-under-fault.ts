import path from 'node:path';
import type { AdapterDefinition } from '@4runr/adapter-kit';
import { startTestAdapter, type TestAdapter } from '@4runr/adapter-kit/testing';
import type { Params } from '@4runr/contracts/call';
import type { ActionManifest, Effect } from '@4runr/contracts/manifest';
import { type AdapterDeclaration, fillSimulatorTemplate, readAdapterDeclarations } from '@4runr/local-stack';

/** A call that succeeds unless a fault hits it. */
export interface FaultyCall {
  readonly tool: string;
  readonly action: string;
  readonly effect: Effect;
  readonly params: Params;
  /** What the simulator counts its requests under. */
  readonly provider: string;
}

interface FoundAdapter {
  readonly declaration: AdapterDeclaration;
  readonly definition: AdapterDefinition;
}

const root = path.resolve(import.meta.dirname, '../../..');

/** Every adapter that there is a folder of. */
const adapters: readonly FoundAdapter[] = await Promise.all(
  readAdapterDeclarations(root).map(async (declaration) => ({
    declaration,
    definition: await loadDefinition(declaration),
  })),
);

/** Providers that the simulator counts under another name than their tool's. */
const providersByTool: Readonly<Record<string, string>> = { gmail_send: 'gmail', http_fetch: 'web' };

/** A call of every action of every adapter: the first example of its manifest. */
export const everyAction: readonly FaultyCall[] = adapters.flatMap(({ definition: { manifest } }) =>
  Object.entries(manifest.actions).map(([action, declared]) => ({
    tool: manifest.tool,
    action,
    effect: declared.effect,
    params: exampleOf(declared),
    provider: providersByTool[manifest.tool] ?? manifest.tool,
  })),
);

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

export async function startAdaptersUnderFault({
  simulatorUrl,
  timeLimitMs,
}: AdaptersUnderFaultOptions): Promise<AdaptersUnderFault> {
  const started = await Promise.all(
    adapters.map(async ({ declaration, definition }) => {
      const settings = settingsOf(declaration, simulatorUrl);
      return [declaration.tool, await startTestAdapter(limitTo(timeLimitMs, definition), settings)] as const;
    }),
  );
  return {
    byTool: Object.fromEntries(started),
    close: async () => void (await Promise.all(started.map(([, adapter]) => adapter.close()))),
  };
}

async function loadDefinition({ folder, tool }: AdapterDeclaration): Promise<AdapterDefinition> {
  const exported: Record<string, unknown> = await import(path.join(root, folder, 'src/adapter.ts'));
  const found = Object.values(exported).find(isDefinition);
  if (found === undefined) throw new Error(`${folder}/src/adapter.ts exports no adapter of ${tool}`);
  return found;
}

function isDefinition(value: unknown): value is AdapterDefinition {
  return typeof value === 'object' && value !== null && 'manifest' in value && 'compose' in value;
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
  const actions = Object.entries(adapter.manifest.actions).map(([name, action]) => [
    name,
    { ...action, timeoutMs },
  ]);
  return { ...adapter, manifest: { ...adapter.manifest, actions: Object.fromEntries(actions) } };
}
