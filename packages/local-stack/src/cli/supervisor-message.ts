import type { StackEvent } from '../stack/stack-event.ts';

/** What a detached supervisor tells the `npm start` that is waiting for it. */
export type SupervisorMessage =
  | { readonly kind: 'event'; readonly event: StackEvent }
  | { readonly kind: 'up'; readonly summary: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Tells the waiting `npm start`, if there is one and it has not left. */
export function tellStarter(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
