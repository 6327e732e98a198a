import type { StackEvent } from '../stack/stack-event.ts';
import type { Holder } from '../stack/stack-lock.ts';

/** What a detached supervisor tells the `npm start` that is waiting for it. */
export type SupervisorMessage =
  | { readonly kind: 'event'; readonly event: StackEvent }
  | { readonly kind: 'up'; readonly summary: string }
  /** Another process runs the stack, or is about to. */
  | { readonly kind: 'taken'; readonly holder: Holder }
  | { readonly kind: 'failed'; readonly reason: string };

/** Tells the waiting `npm start`, if there is one and it has not left. */
export function tellStarter(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
