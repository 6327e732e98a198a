import * as z from 'zod';

/** What a token of an operator client may carry, and what each operator endpoint asks for. */
export const operatorScopes = [
  'agents:read',
  'agents:write',
  'policies:read',
  'policies:write',
  'audit:read',
  'credentials:write',
  'faults:write',
  'cache:write',
] as const;
export type OperatorScope = (typeof operatorScopes)[number];

/** Resources of the operators' API. No tool is called like one of them, so that scopes of agents never name them. */
export const operatorResources: readonly string[] = [
  ...new Set(operatorScopes.map((scope) => scope.slice(0, scope.indexOf(':')))),
];

/** The scope of an agent that asks for none: every action of every tool. Policy decides at each call anyway. */
export const anyToolScope = '*:*';

/** `tool:action`, `tool:*` or `*:*`, of a tool whose name is not an operators' resource. */
export const toolScopeSchema = z
  .string()
  .max(127)
  .regex(/^(?:\*:\*|[a-z][a-z0-9_]{0,62}:(?:\*|[a-z][a-z0-9_]{0,62}))$/)
  .refine((scope) => !operatorResources.includes(resourceOf(scope)), 'names a resource of operators');

export const operatorScopeSchema = z.enum(operatorScopes);

/** Splits the `scope` of a token (RFC 6749 section 3.3). The empty string holds no scope. */
export function parseScope(scope: string): readonly string[] {
  return scope.split(' ').filter((token) => token !== '');
}

/**
 * Whether the scopes of a token cover the one that a request needs. Wildcards cover tools only: a scope of the
 * operators' API has to be carried literally.
 */
export function scopeCovers(granted: readonly string[], needed: string): boolean {
  if (granted.includes(needed)) return true;
  const resource = resourceOf(needed);
  if (operatorResources.includes(resource)) return false;
  return granted.includes(anyToolScope) || granted.includes(`${resource}:*`);
}

function resourceOf(scope: string): string {
  return scope.split(':', 1)[0] ?? scope;
}
