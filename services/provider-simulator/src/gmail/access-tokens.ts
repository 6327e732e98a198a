import { stableHex } from '../domain/stable-random.ts';

/** Life of an access token of Google's, in seconds. */
export const accessTokenTtlSeconds = 3_599;

/** What a mailbox was given for, as a token tells it: its scopes are those of `scopesOf`. */
export type Grant = 'all' | 'send';

const send = 'https://www.googleapis.com/auth/gmail.send';
const metadata = 'https://www.googleapis.com/auth/gmail.metadata';

/** The scopes of a grant (https://developers.google.com/workspace/gmail/api/auth/scopes, read 2026-11-25). */
export const scopesOf: Readonly<Record<Grant, readonly string[]>> = { all: [send, metadata], send: [send] };

/** A token that tells its own grant and end, so that it outlives a restart of the simulator as Google's outlive ours. */
export function issueAccessToken(grant: Grant, nowMs: number): string {
  return tokenOf(grant, Math.floor(nowMs / 1_000) + accessTokenTtlSeconds);
}

/** What a token is good for; `undefined` where it was not issued here, or has ended. */
export function readAccessToken(token: string, nowMs: number): Grant | undefined {
  const [, name, end] = /^ya29\.(all|send)\.(\d+)\./.exec(token) ?? [];
  const grant = name as Grant | undefined;
  const expires = Number(end);
  return grant !== undefined && nowMs < expires * 1_000 && token === tokenOf(grant, expires)
    ? grant
    : undefined;
}

function tokenOf(grant: Grant, expires: number): string {
  return `ya29.${grant}.${expires}.${stableHex(`access token for ${grant} until ${expires}`, 32)}`;
}
