import { readFile } from 'node:fs/promises';
import { parseSimulatedProvider, type SimulatedProvider } from '@4runr/simulated-provider';
import { builtInTools } from '../domain/fault/simulated-tool.ts';

/** A provider whose answers are data: the file of an adapter says them. */
export type DeclaredProvider = SimulatedProvider;

/** @throws Error naming the file that cannot be read or used, or whose tool has a provider already */
export async function loadDeclaredProviders(files: readonly string[]): Promise<readonly DeclaredProvider[]> {
  const taken = new Set<string>(builtInTools);
  const declared: DeclaredProvider[] = [];
  for (const file of files) {
    const provider = await loadOne(file);
    if (taken.has(provider.tool)) throw new Error(`${file}: ${provider.tool} is played already`);
    taken.add(provider.tool);
    declared.push(provider);
  }
  return declared;
}

async function loadOne(file: string): Promise<DeclaredProvider> {
  try {
    return parseSimulatedProvider(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
