import {
  type AccessTokenClaims,
  type Actor,
  actorsMax,
  actorsOf,
  exchangedTokenTtlSecondsMax,
  operatorRole,
  parseScope,
  scopeCovers,
} from '@4runr/contracts/token';
import type { Client } from './client.ts';
import { grantScope } from './grant-scope.ts';
import { invalidRequest, OAuthError, type RefusalReason } from './oauth-error.ts';
import type { TokenGrant } from './token-grant.ts';

/** A token that was presented for exchange, verified and not revoked. */
export interface Exchange {
  readonly subject: AccessTokenClaims;
  /** The client that asks, authenticated as itself: it will act. */
  readonly actor: Client;
  /** Scopes separated by spaces; without them all that the subject token carries. */
  readonly scope: string | undefined;
  /** Thumbprint of the key that the request holds a DPoP proof of. */
  readonly jkt: string | undefined;
}

/** What an exchange decides of the new token. */
export interface Delegation extends TokenGrant {
  readonly act: Actor;
  readonly parents: string[];
}

/**
 * Lets an agent act for another one whose token it holds (RFC 8693, delegation): for no more than that token carries, and for
 * a shorter time. A bound token can be exchanged only by who holds its key, and the new one is bound to that key as well: so a
 * stolen one is worth nothing here either.
 *
 * @throws OAuthError `invalid_request`, `invalid_scope`, `unauthorized_client`
 */
export function delegate({ subject, actor, scope, jkt }: Exchange): Delegation {
  if (actor.kind !== 'agent') {
    throw new OAuthError('unauthorized_client', 'Only agents act for others', { reason: 'unsupported' });
  }
  if (subject.role === operatorRole) throw unusable('Nobody acts for an operator', 'operator_scope');
  if (subject.cnf !== undefined && subject.cnf.jkt !== jkt) {
    throw unusable('The subject token is bound to a key that the request holds no DPoP proof of', 'claims');
  }
  if (actorsOf(subject).length >= actorsMax)
    throw unusable('The subject token has passed too many hands', 'claims');
  return {
    sub: subject.sub,
    role: subject.role,
    epoch: subject.epoch,
    scope: narrow(parseScope(subject.scope), actor, scope),
    act: {
      sub: actor.id,
      client_id: actor.clientId,
      role: actor.role,
      epoch: actor.epoch,
      ...(subject.act === undefined ? {} : { act: subject.act }),
    },
    parents: [subject.jti, ...(subject.parents ?? [])],
    ttlSeconds: Math.min(actor.tokenTtlSeconds, exchangedTokenTtlSecondsMax),
    endsBySeconds: subject.exp - 1,
  };
}

function unusable(description: string, reason: RefusalReason): OAuthError {
  return invalidRequest(description, reason);
}

/** @throws OAuthError `invalid_scope` for a scope that the subject token does not carry */
function narrow(held: readonly string[], actor: Client, requested: string | undefined): readonly string[] {
  if (parseScope(requested ?? '').length === 0) return held;
  const scopes = grantScope(actor, requested);
  if (scopes.every((scope) => scopeCovers(held, scope))) return scopes;
  throw new OAuthError('invalid_scope', 'The subject token does not carry a scope that was asked for', {
    reason: 'scope',
    clientId: actor.clientId,
  });
}
