import { toScope } from '@4runr/contracts/call';
import type { ActionCost } from '@4runr/contracts/cost';
import type { ActionManifest, Effect, Manifest, Streaming } from '@4runr/contracts/manifest';
import type { ActionHandler, ActionHandlers, StreamHandler } from '../adapter.ts';
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
  /** How a call's costs follow from its parameters. */
  readonly cost: ActionCost | undefined;
  readonly checkParams: ParamsCheck;
  readonly checkResult: ResultCheck;
  readonly handle: ActionHandler;
  /** How its answers are streamed; `undefined` where they are not. */
  readonly streaming: (Streaming & { readonly handle: StreamHandler }) | undefined;
}

/** @throws Error when an action has no handler, or not those that its manifest asks for, or a schema is not valid */
export function compileActions(
  manifest: Manifest,
  handlers: Readonly<Record<string, ActionHandlers>>,
): ReadonlyMap<string, CompiledAction> {
  const compiled = Object.entries(manifest.actions).map(([name, action]): [string, CompiledAction] => {
    const { effect, timeoutMs, cost, params, result } = action;
    const scope = toScope(manifest.tool, name);
    const checks = { checkParams: compileParamsCheck(params), checkResult: compileResultCheck(result) };
    return [
      name,
      { name, scope, effect, timeoutMs, cost, ...checks, ...handlersOf(scope, action, handlers[name]) },
    ];
  });
  return new Map(compiled);
}

function handlersOf(
  scope: string,
  { streaming }: ActionManifest,
  handlers: ActionHandlers | undefined,
): Pick<CompiledAction, 'handle' | 'streaming'> {
  if (handlers === undefined) throw new Error(`${scope} has no handler`);
  if (typeof handlers === 'function' && streaming === undefined) return { handle: handlers, streaming };
  if (typeof handlers === 'function') throw new Error(`${scope} has no handler that streams`);
  if (streaming === undefined) throw new Error(`${scope} does not stream, by its manifest`);
  return { handle: handlers.whole, streaming: { ...streaming, handle: handlers.stream } };
}
