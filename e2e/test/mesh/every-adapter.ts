import path from 'node:path';
import type { AdapterDefinition } from '@4runr/adapter-kit';
import { type AdapterDeclaration, readAdapterDeclarations } from '@4runr/local-stack';

export interface FoundAdapter {
  readonly declaration: AdapterDeclaration;
  readonly definition: AdapterDefinition;
}

const root = path.resolve(import.meta.dirname, '../../..');

/** Every adapter that there is a folder of. */
export const everyAdapter: readonly FoundAdapter[] = await Promise.all(
  readAdapterDeclarations(root).map(async (declaration) => ({
    declaration,
    definition: await loadDefinition(declaration),
  })),
);

async function loadDefinition({ folder, tool }: AdapterDeclaration): Promise<AdapterDefinition> {
  const exported: Record<string, unknown> = await import(path.join(root, folder, 'src/adapter.ts'));
  const found = Object.values(exported).find(isDefinition);
  if (found === undefined) throw new Error(`${folder}/src/adapter.ts exports no adapter of ${tool}`);
  return found;
}

function isDefinition(value: unknown): value is AdapterDefinition {
  return typeof value === 'object' && value !== null && 'manifest' in value && 'compose' in value;
}
