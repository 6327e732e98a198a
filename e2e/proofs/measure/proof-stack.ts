import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Stack, type StackOptions, stackFolder, startStack } from '@4runr/local-stack';

const root = path.resolve(import.meta.dirname, '../../..');

/** Runs a proof against a mesh of its own, on free ports, that leaves nothing behind. */
export async function withStack(
  options: Pick<StackOptions, 'scale' | 'environment'>,
  prove: (stack: Stack, folder: ReturnType<typeof stackFolder>) => Promise<void>,
): Promise<void> {
  const state = await mkdtemp(path.join(tmpdir(), '4runr-proof-'));
  const folder = stackFolder(root, { state });
  const { environment, ...others } = options;
  const stack = await startStack({
    folder,
    ports: 'anywhere',
    ephemeral: true,
    demonstration: false,
    environment: { UPSTREAM_MODE: 'mock', LOG_LEVEL: 'warn', ...environment },
    ...others,
  });
  try {
    await prove(stack, folder);
  } finally {
    await stack.stop();
    await rm(state, { recursive: true, force: true });
  }
}
