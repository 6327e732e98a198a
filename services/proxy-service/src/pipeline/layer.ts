import type { PermittedCall } from './authorize.ts';
import type { Step } from './pipeline.ts';

/** What a call is carried out within. A layer may hand narrower bounds on, or those of others who wait as well. */
export interface Bounds {
  /** Fires when nobody waits any more. */
  readonly signal: AbortSignal;
  /** When their time is up, in milliseconds on the monotonic clock. */
  readonly endsAt: number;
}

/** Carries a permitted call out. */
export type Carry<Out> = (permitted: PermittedCall, bounds: Bounds) => Promise<Out>;

/** One precaution around the carrying out of a call: takes what stands within it, answers for it, or asks it again. */
export type Layer<Out> = (next: Carry<Out>) => Carry<Out>;

/** A step that carries calls out within layers, listed from the outside in. */
export function layered<Out>(layers: readonly Layer<Out>[], innermost: Carry<Out>): Step<PermittedCall, Out> {
  const carry = layers.reduceRight((next, layer) => layer(next), innermost);
  return (permitted) => carry(permitted, boundsOf(permitted));
}

function boundsOf({ call: { signal, endsAt } }: PermittedCall): Bounds {
  return { signal, endsAt };
}
