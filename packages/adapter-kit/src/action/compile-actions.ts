import { toScope } from '@4runr/contracts/call';
import type { Effect, Manifest } from '@4runr/contracts/manifest';
import type { ActionHandler } from '../adapter.ts';
import { compileParamsCheck, type ParamsCheck } from './params-check.ts';

/** An action made ready once, when the service starts. */
export interface CompiledAction {
  readonly name: string;
  readonly scope: string;
  readonly effect: Effect;
  readonly timeoutMs: number;
  readonly checkParams: ParamsCheck;
  readonly handle: ActionHandler;
}

/** @throws Error when an action has no handler, or a schema is not valid */
export function compileActions(
  manifest: Manifest,
  handlers: Readonly<Record<string, ActionHandler>>,
): ReadonlyMap<string, CompiledAction> {
  const compiled = Object.entries(manifest.actions).map(([name, action]): [string, CompiledAction] => {
    const handle = handlers[name];
    if (handle === undefined) throw new Error(`${manifest.tool}:${name} has no handler`);
    const { effect, timeoutMs, params } = action;
    const scope = toScope(manifest.tool, name);
    return [name, { name, scope, effect, timeoutMs, handle, checkParams: compileParamsCheck(params) }];
  });
  return new Map(compiled);
}
