import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEdgeClient, type StackFile, stackFolder, startStack } from '@4runr/local-stack';
import { root } from '../places.ts';
import type { MeshUnderLoad } from './mesh-under-load.ts';

/** A mesh of its own on free ports, with data of its own, that leaves nothing behind. */
export async function startMesh(options: {
  environment: Readonly<Record<string, string | undefined>>;
  scale?: Readonly<Record<string, number>>;
  report: (text: string) => void;
  signal: AbortSignal;
}): Promise<MeshUnderLoad> {
  const state = await mkdtemp(path.join(tmpdir(), '4runr-load-'));
  const { signal, scale = {} } = options;
  const stack = await startStack({
    folder: stackFolder(root, { state }),
    scale,
    ports: 'anywhere',
    ephemeral: true,
    demonstration: false,
    environment: { ...options.environment, UPSTREAM_MODE: 'mock' },
    report: (event) => {
      if (event.kind === 'note') options.report(event.text);
    },
    signal,
  });
  const described = stack.describe();
  const caFile = absolute(described.edge.ca);
  const edge = createEdgeClient({ url: described.edge.https, caFile });
  return {
    edgeUrl: described.edge.http,
    caFile,
    edge,
    operator: operatorOf(described),
    describe: () => stack.describe(),
    settings: settingsOf(options.environment),
    root,
    async stop() {
      await edge.close();
      await stack.stop();
      await rm(state, { recursive: true, force: true });
    },
  };
}

/** What of an environment decides what is measured. */
function settingsOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = /^(FF_\w+|OTEL_TRACES_SAMPLER_ARG|LOG_LEVEL|SERVICE_NODE_OPTIONS)$/;
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

export const absolute = (shown: string): string => path.resolve(root, shown);

export function operatorOf({ operator }: StackFile): MeshUnderLoad['operator'] {
  return { clientId: operator.clientId, keyFile: absolute(operator.keyFile) };
}
