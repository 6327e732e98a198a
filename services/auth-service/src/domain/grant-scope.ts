import {
  anyToolScope,
  operatorResources,
  operatorScopeSchema,
  parseScope,
  toolScopeSchema,
} from '@4runr/contracts/token';
import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';

/** Most scopes that one token carries. */
const scopesMax = 50;

/**
 * The scopes of a new token: those asked for, once each and in that order, or without any all that the client may have.
 * Agents never get a scope of the operators' API, and operators no others; nor one beyond those that they were enrolled with.
 *
 * @throws OAuthError `invalid_scope` when a single one cannot be granted: a token never carries less than was asked for
 */
export function grantScope(client: Client, requested: string | undefined): readonly string[] {
  const scopes = [...new Set(parseScope(requested ?? ''))];
  if (scopes.length === 0) return client.kind === 'operator' ? client.operatorScopes : [anyToolScope];
  if (scopes.length > scopesMax)
    throw refuse(client, `More than ${scopesMax} scopes were asked for`, 'scope');
  for (const scope of scopes) {
    if (isGrantable(client, scope)) continue;
    if (client.kind === 'agent' && namesOperatorResource(scope)) {
      throw refuse(client, 'Agents are never granted a scope of operators', 'operator_scope');
    }
    const reason = operatorScopeSchema.safeParse(scope).success ? 'operator_scope' : 'scope';
    throw refuse(client, 'A scope that was asked for cannot be granted to this client', reason);
  }
  return scopes;
}

function isGrantable({ kind, operatorScopes }: Client, scope: string): boolean {
  return kind === 'operator'
    ? operatorScopes.some((grantable) => grantable === scope)
    : toolScopeSchema.safeParse(scope).success;
}

function namesOperatorResource(scope: string): boolean {
  return operatorResources.some((resource) => scope.startsWith(`${resource}:`));
}

function refuse({ clientId }: Client, description: string, reason: 'scope' | 'operator_scope'): OAuthError {
  return new OAuthError('invalid_scope', description, { reason, clientId });
}
