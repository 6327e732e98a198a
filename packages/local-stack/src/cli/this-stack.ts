import { fileURLToPath } from 'node:url';
import { readStackFile, type StackFile } from '../stack/stack-file.ts';
import { stackFolder } from '../stack/stack-folder.ts';
import { type Holder, lockHolder } from '../stack/stack-lock.ts';

/** The stack of the clone that this file lies in. */
export const folder = stackFolder(fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, ''));

export type StackState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting'; readonly holder: Holder }
  | { readonly kind: 'running'; readonly holder: Holder; readonly stack: StackFile };

/** Whether this clone's stack runs. `stack.json` alone does not tell: its supervisor may have been killed. */
export function readStackState(): StackState {
  const holder = lockHolder(folder.lockFile);
  if (holder === undefined) return { kind: 'stopped' };
  const stack = readStackFile(folder.stackFile);
  return stack?.supervisor.pid === holder.pid
    ? { kind: 'running', holder, stack }
    : { kind: 'starting', holder };
}
