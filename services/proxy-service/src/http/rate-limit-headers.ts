import type { QuotaState } from '@4runr/contracts/decision';
import { headers } from '@4runr/contracts/headers';
import type { Response } from 'express';

/** Largest integer of a structured field (RFC 9651 section 3.3.1). */
const integerMax = 999_999_999_999_999;

const microsPerDollar = 1_000_000;

/**
 * Tells the client of each quota that applied what it allows and what is left
 * (draft-ietf-httpapi-ratelimit-headers-10). A quota goes by its place: the policy's name and the pointer in its document.
 */
export function setRateLimitHeaders(response: Response, quota: readonly QuotaState[]): void {
  if (quota.length === 0) return;
  response.set(headers.rateLimitPolicy, quota.map(formatPolicy).join(', '));
  response.set(headers.rateLimit, quota.map(formatState).join(', '));
}

function formatPolicy(state: QuotaState): string {
  return `${nameOf(state)};q=${countOf(state.limit, state)}${unitOf(state)};w=${state.windowSeconds}`;
}

function formatState(state: QuotaState): string {
  return `${nameOf(state)};r=${countOf(state.remaining, state)};t=${state.resetSeconds}`;
}

function nameOf({ policy, pointer }: QuotaState): string {
  return `"${policy.name}${pointer}"`;
}

/** Whole numbers alone: of money, millionths of a dollar. */
function countOf(amount: number, { cost }: QuotaState): number {
  return Math.min(Math.floor(cost === 'usd' ? Math.round(amount * microsPerDollar) : amount), integerMax);
}

/** Without a unit it is requests. */
function unitOf({ cost }: QuotaState): string {
  switch (cost) {
    case 'calls':
      return '';
    case 'tokens':
      return ';qu="tokens"';
    case 'usd':
      return ';qu="usd-millionths"';
  }
}
