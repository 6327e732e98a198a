import type { Params } from '@4runr/contracts/call';
import type { ActionManifest } from '@4runr/contracts/manifest';

/** The calls that a manifest shows of an action. */
export function examplesOf({ params: { examples } }: Pick<ActionManifest, 'params'>): readonly Params[] {
  return Array.isArray(examples) ? examples : [];
}

/** @throws Error where there is none */
export function firstExample(action: Pick<ActionManifest, 'params'>): Params {
  const [example] = examplesOf(action);
  if (example === undefined) throw new Error('the action has no example');
  return example;
}
