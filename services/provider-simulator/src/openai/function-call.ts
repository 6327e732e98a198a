import { stableHex } from '../domain/stable-random.ts';
import type { ChatRequest, FunctionTool } from './chat-request.ts';

/** What the model asks its caller to call (https://platform.openai.com/docs/guides/function-calling). */
export interface FunctionCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string /** JSON. */; readonly arguments: string };
}

/**
 * A request with functions is answered by a call of the one that it names, or else of the first; when the last message is a
 * function's answer, by a text.
 */
export function functionCalled(request: ChatRequest, asked: string): FunctionCall | undefined {
  const { tools, tool_choice: choice, messages } = request;
  const functions = (tools ?? []).filter((tool): tool is FunctionTool => tool.type === 'function');
  if (choice === 'none' || messages.at(-1)?.role === 'tool') return undefined;
  const wanted = typeof choice === 'object' ? choice?.function?.name : undefined;
  const called = functions.find(({ function: { name } }) => wanted === undefined || name === wanted);
  if (called === undefined) return undefined;
  const { name, parameters } = called.function;
  const args = JSON.stringify(argumentsFor(parameters?.properties ?? {}, asked));
  return { id: `call_${stableHex(name + args, 24)}`, type: 'function', function: { name, arguments: args } };
}

/** Values of simple types for members of these schemas; the others are left out. */
function argumentsFor(
  properties: Readonly<Record<string, { readonly type?: unknown }>>,
  asked: string,
): Record<string, string | number | boolean> {
  const values: Readonly<Record<string, string | number | boolean>> = {
    string: asked.slice(-80),
    integer: 1,
    number: 1,
    boolean: true,
  };
  const filled = Object.entries(properties).flatMap(([name, { type }]) => {
    const value = values[String(type)];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(filled);
}
