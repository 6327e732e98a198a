import { manifestSchema } from '@4runr/contracts/manifest';
import type { ServiceClient } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { compileTool } from '../domain/compile-tool.ts';
import type { Tool, ToolRegistry } from '../domain/tool.ts';

/** How often manifests are read again: soon while an adapter has not been reached, else to see upgrades. */
const retryMs = 250;
const refreshMs = 10_000;

/** Reads the manifests of the configured adapters and keeps them current until the service stops. */
export function createManifestRegistry(
  kit: Kit,
  clients: ReadonlyMap<string, ServiceClient>,
): ToolRegistry & { readonly firstRound: Promise<void> } {
  const tools = new Map<string, Tool>();
  const rounds = [...clients].map(([name, client]) => keepReading(kit, name, client, tools));
  return {
    names: [...clients.keys()],
    firstRound: Promise.all(rounds).then(() => undefined),
    find(name) {
      const tool = tools.get(name);
      if (tool !== undefined) return tool;
      if (!clients.has(name)) throw new ProblemError('tool.unknown');
      throw new ProblemError('service.unavailable', {
        detail: `The adapter of ${name} has not been reached yet.`,
        headers: { 'Retry-After': '1' },
      });
    },
    all: () => [...tools.values()],
  };
}

/** Resolves after the first attempt, whatever came of it; attempts go on in the background. */
async function keepReading(
  kit: Kit,
  name: string,
  client: ServiceClient,
  tools: Map<string, Tool>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let known: string | undefined;
  kit.onClose(`manifest of ${name}`, () => clearTimeout(timer));
  async function attempt(): Promise<void> {
    const fault = await readTool(name, client, tools);
    if (fault !== known && fault !== undefined)
      kit.logger.warn({ tool: name, fault }, 'the manifest cannot be used');
    known = fault;
    if (!kit.isDraining()) timer = setTimeout(attempt, fault === undefined ? refreshMs : retryMs);
  }
  await attempt();
}

/** Brings `tools` up to what the adapter tells now; answers with what is wrong, if anything. */
async function readTool(
  name: string,
  client: ServiceClient,
  tools: Map<string, Tool>,
): Promise<string | undefined> {
  try {
    const response = await client.request({ method: 'GET', path: '/manifest', timeoutMs: 1_000 });
    if (response.status !== 200) throw new Error(`the adapter answered ${response.status}`);
    const manifest = manifestSchema.parse(response.body);
    if (manifest.tool !== name) throw new Error(`the adapter says that it is ${manifest.tool}`);
    if (tools.get(name)?.version !== manifest.version) tools.set(name, compileTool(manifest));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
