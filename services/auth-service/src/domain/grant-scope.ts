import {
  anyToolScope,
  operatorResources,
  operatorScopeSchema,
  operatorScopes,
  parseScope,
  toolScopeSchema,
} from '@4runr/contracts/token';
import type { Client } from './client.ts';
import { OAuthError } from './oauth-error.ts';

/** Most scopes that one token carries. */
const scopesMax = 50;

/**
 * The scopes of a new token: those asked for, once each and in that order, or without any all that the client may have.
 * Agents never get a scope of the operators' API, and operators no others.
 *
 * @throws OAuthError `invalid_scope` when a single one cannot be granted: a token never carries less than was asked for
 */
export function grantScope(client: Client, requested: string | undefined): readonly string[] {
  const scopes = [...new Set(parseScope(requested ?? ''))];
  if (scopes.length === 0) return client.kind === 'operator' ? operatorScopes : [anyToolScope];
  if (scopes.length > scopesMax)
    throw refuse(client, `More than ${scopesMax} scopes were asked for`, 'scope');
  const grantable = client.kind === 'operator' ? operatorScopeSchema : toolScopeSchema;
  for (const scope of scopes) {
    if (grantable.safeParse(scope).success) continue;
    if (client.kind === 'agent' && namesOperatorResource(scope)) {
      throw refuse(client, 'Agents are never granted a scope of operators', 'operator_scope');
    }
    throw refuse(client, 'A scope that was asked for cannot be granted to this client', 'scope');
  }
  return scopes;
}

function namesOperatorResource(scope: string): boolean {
  return operatorResources.some((resource) => scope.startsWith(`${resource}:`));
}

function refuse({ clientId }: Client, description: string, reason: 'scope' | 'operator_scope'): OAuthError {
  return new OAuthError('invalid_scope', description, { reason, clientId });
}
