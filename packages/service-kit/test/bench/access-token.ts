/**
 * CPU time of checking an access token, and how long one check takes: signature, revocation, counting.
 *
 *     node packages/service-kit/test/bench/access-token.ts
 */
import { revokeClient, revokeToken } from '@4runr/contracts/revocation';
import { generateKeyPair, SignJWT } from 'jose';
import {
  type AccessTokenAuthority,
  createAccessTokenAuthority,
  type PresentedToken,
} from '../../src/access-token/index.ts';
import { createFreshness } from '../../src/revocation/freshness.ts';
import type { Revocations } from '../../src/revocation/index.ts';
import { createRevocationList } from '../../src/revocation/revocation-list.ts';
import { createLogger, createMetrics } from '../../src/telemetry/index.ts';
import { issuerKeysOf } from '../../src/testing/index.ts';

const issuer = 'https://gateway.test';
const rememberedChecks = 300_000;
const freshChecks = 5_000;
const revokedTokens = 100_000;
const revokedClients = 10_000;
const exp = Math.floor(Date.now() / 1_000) + 900;

const { publicKey, privateKey } = await generateKeyPair('RS256');
const fresh = await Promise.all(Array.from({ length: freshChecks }, (_, index) => sign(`tok_${index}`)));
const [remembered] = fresh;
if (remembered === undefined) throw new Error('no token');

const nobody: Revocations = { isRevoked: () => false, assertFresh: () => {} };
const many = listOfMany();

await report('remembered, revocation not asked for', nobody, repeat(remembered, rememberedChecks));
await report(
  `remembered, ${revokedTokens + revokedClients} revocations`,
  many,
  repeat(remembered, rememberedChecks),
);
await report('verified by RS256, revocation not asked for', nobody, fresh);
await report(`verified by RS256, ${revokedTokens + revokedClients} revocations`, many, fresh);

/** A list as a busy gateway has it, asked in the way that the feed asks it. */
function listOfMany(): Revocations {
  const list = createRevocationList();
  for (let index = 0; index < revokedTokens; index += 1) list.add(revokeToken({ jti: `gone_${index}`, exp }));
  for (let index = 0; index < revokedClients; index += 1) {
    list.add(revokeClient({ sub: `agt_gone_${index}`, epoch: 1, atMs: Date.now() }));
  }
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const freshness = createFreshness({ logger, monotonicMs: performance.now.bind(performance) });
  freshness.recordRead();
  return {
    isRevoked(claims) {
      freshness.assertFresh();
      return list.isRevoked(claims);
    },
    assertFresh: freshness.assertFresh,
  };
}

async function report(
  name: string,
  revocations: Revocations,
  tokens: readonly PresentedToken[],
): Promise<void> {
  const authority = createAccessTokenAuthority(
    { metrics: createMetrics({ service: 'bench', version: '0' }), reportSecurityEvent: () => {} },
    { issuer, keys: issuerKeysOf(publicKey), revocations, dpop: undefined },
  );
  const warmUp = tokens.length / 10;
  await check(authority, tokens.slice(0, warmUp));
  const before = process.cpuUsage();
  const tookMs = await check(authority, tokens.slice(warmUp));
  const { user, system } = process.cpuUsage(before);
  const micros = (user + system) / tookMs.length;
  const p99 = (tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? 0) * 1_000;
  const perSecond = Math.round(1_000_000 / micros).toLocaleString('en');
  process.stdout.write(
    `${name}: ${micros.toFixed(2)} µs, ${perSecond} per second and core, p99 ${p99.toFixed(1)} µs\n`,
  );
}

/** How long each check took, in milliseconds. */
async function check(authority: AccessTokenAuthority, tokens: readonly PresentedToken[]): Promise<number[]> {
  const tookMs: number[] = [];
  for (const token of tokens) {
    const startedAt = performance.now();
    await authority.authenticate(token);
    tookMs.push(performance.now() - startedAt);
  }
  return tookMs;
}

function repeat(token: PresentedToken, times: number): PresentedToken[] {
  return Array.from({ length: times }, () => token);
}

async function sign(jti: string): Promise<PresentedToken> {
  const claims = { client_id: 'agt_1', scope: '*:*', role: 'scraper', epoch: 0, jti };
  const token = await new SignJWT({ iss: issuer, aud: issuer, sub: 'agt_1', iat: exp - 900, exp, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'k1' })
    .sign(privateKey);
  return {
    authorization: `Bearer ${token}`,
    dpop: [],
    method: 'POST',
    path: '/v1/tools/web/fetch',
    offerNonce: () => {},
  };
}
