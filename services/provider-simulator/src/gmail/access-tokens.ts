import { stableHex } from '../domain/stable-random.ts';

/** Life of an access token of Google's, in seconds. */
export const accessTokenTtlSeconds = 3_599;

/** A token that tells its own end, so that it outlives a restart of the simulator as Google's outlive ours. */
export function issueAccessToken(nowMs: number): string {
  const expires = Math.floor(nowMs / 1_000) + accessTokenTtlSeconds;
  return `ya29.${expires}.${stableHex(`access token until ${expires}`, 32)}`;
}

/** Whether a token was issued here and has not ended. */
export function isAccessTokenValid(token: string, nowMs: number): boolean {
  const expires = Number(/^ya29\.(\d+)\./.exec(token)?.[1] ?? 0);
  return (
    nowMs < expires * 1_000 && token === `ya29.${expires}.${stableHex(`access token until ${expires}`, 32)}`
  );
}
