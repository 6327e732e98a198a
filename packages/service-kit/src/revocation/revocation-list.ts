import type { ClientRevocation, Revocation } from '@4runr/contracts/revocation';
import type { AccessTokenClaims } from '@4runr/contracts/token';

/** Revocations in memory. They only ever add up: nothing that was revoked becomes valid again. */
export interface RevocationList {
  add(revocation: Revocation): void;
  /** Takes in that there is a revocation which nobody here understands. @param untilSeconds when it matters no more */
  addUnknown(untilSeconds: number): void;
  /** Whether every revocation that matters is understood. @param nowSeconds since the epoch */
  isUnderstood(nowSeconds: number): boolean;
  /** Whether the token, one that it was exchanged for, its subject's or an actor's epoch is revoked. No I/O. */
  isRevoked(claims: AccessTokenClaims): boolean;
  /** Forgets what matters no more: the tokens concerned have expired. @param nowSeconds since the epoch */
  prune(nowSeconds: number): void;
}

export function createRevocationList(): RevocationList {
  /** `jti` to `exp`. */
  const tokens = new Map<string, number>();
  /** `sub` to the highest epoch that revokes. */
  const clients = new Map<string, Pick<ClientRevocation, 'epoch' | 'exp'>>();

  let unknownUntilSeconds = 0;

  const endsEpoch = (client: { readonly sub: string; readonly epoch: number }): boolean => {
    const revoked = clients.get(client.sub);
    return revoked !== undefined && client.epoch < revoked.epoch;
  };
  return {
    add(revocation) {
      if (revocation.kind === 'token') {
        const { jti, exp } = revocation;
        tokens.set(jti, Math.max(exp, tokens.get(jti) ?? 0));
        return;
      }
      const { sub, epoch, exp } = revocation;
      const known = clients.get(sub) ?? { epoch, exp };
      clients.set(sub, { epoch: Math.max(epoch, known.epoch), exp: Math.max(exp, known.exp) });
    },
    addUnknown(untilSeconds) {
      unknownUntilSeconds = Math.max(unknownUntilSeconds, untilSeconds);
    },
    isUnderstood: (nowSeconds) => nowSeconds > unknownUntilSeconds,
    isRevoked(claims) {
      if (tokens.has(claims.jti) || endsEpoch(claims)) return true;
      if (claims.parents?.some((jti) => tokens.has(jti)) === true) return true;
      for (let actor = claims.act; actor !== undefined; actor = actor.act) {
        if (endsEpoch(actor)) return true;
      }
      return false;
    },
    prune(nowSeconds) {
      for (const [jti, exp] of tokens) if (exp < nowSeconds) tokens.delete(jti);
      for (const [sub, { exp }] of clients) if (exp < nowSeconds) clients.delete(sub);
    },
  };
}
