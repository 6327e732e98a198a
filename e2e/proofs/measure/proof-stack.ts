import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Stack, type StackOptions, stackFolder, startStack } from '@4runr/local-stack';

const root = path.resolve(import.meta.dirname, '../../..');

/** Of a process that a signal ended: 128 and the number of SIGINT. */
const interruptedCode = 130;

type ProofStackOptions = Pick<StackOptions, 'scale' | 'running' | 'environment' | 'signal' | 'stateRedisUrl'>;

/** A mesh of its own, on free ports, that leaves nothing behind when it is disposed of. */
export async function startProofStack(
  options: ProofStackOptions,
): Promise<Stack & AsyncDisposable & { readonly folder: ReturnType<typeof stackFolder> }> {
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
  return {
    ...stack,
    folder,
    async [Symbol.asyncDispose]() {
      await stack.stop();
      await rm(state, { recursive: true, force: true });
    },
  };
}

/** Runs a proof against such a mesh; Ctrl-C ends both. */
export async function withStack(
  options: ProofStackOptions,
  prove: (stack: Stack, folder: ReturnType<typeof stackFolder>) => Promise<void>,
): Promise<void> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
  const { signal } = interruption;
  await using stack = await startProofStack({ ...options, signal });
  signal.onabort = async () => {
    await stack[Symbol.asyncDispose]();
    process.exit(interruptedCode);
  };
  await prove(stack, stack.folder);
}
