import { toScope } from '@4runr/contracts/call';
import type { Effect, Manifest } from '@4runr/contracts/manifest';
import type { ActionHandler } from '../adapter.ts';
import {
  compileParamsCheck,
  compileResultCheck,
  type ParamsCheck,
  type ResultCheck,
} from './schema-checks.ts';

/** An action made ready once, when the service starts. */
export interface CompiledAction {
  readonly name: string;
  readonly scope: string;
  readonly effect: Effect;
  readonly timeoutMs: number;
  readonly checkParams: ParamsCheck;
  readonly checkResult: ResultCheck;
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
    const { effect, timeoutMs, params, result } = action;
    const scope = toScope(manifest.tool, name);
    const checks = { checkParams: compileParamsCheck(params), checkResult: compileResultCheck(result) };
    return [name, { name, scope, effect, timeoutMs, handle, ...checks }];
  });
  return new Map(compiled);
}
