import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type QuotaState, quotaStateExample } from '@4runr/contracts/decision';
import type { Response } from 'express';
import { setRateLimitHeaders } from './rate-limit-headers.ts';

/** The two headers of an answer. */
function headersOf(...quota: QuotaState[]) {
  const set = new Map<string, string>();
  setRateLimitHeaders(
    { set: (name: string, value: string) => set.set(name, value) } as unknown as Response,
    quota,
  );
  return Object.fromEntries(set);
}

describe('setRateLimitHeaders', () => {
  it('says nothing where no quota applied', () => {
    assert.deepEqual(headersOf(), {});
  });

  it('says of each quota what it allows, what is left, and when there is more', () => {
    const next = {
      ...quotaStateExample,
      pointer: '/quotas/1',
      windowSeconds: 60,
      remaining: 0,
      resetSeconds: 5,
    };
    assert.deepEqual(headersOf(quotaStateExample, next), {
      'RateLimit-Policy': '"scraper/quotas/0";q=100;w=86400, "scraper/quotas/1";q=100;w=60',
      RateLimit: '"scraper/quotas/0";r=58;t=3120, "scraper/quotas/1";r=0;t=5',
    });
  });

  it('counts tokens, and money in whole millionths of a dollar', () => {
    const tokens: QuotaState = { ...quotaStateExample, cost: 'tokens' };
    const usd: QuotaState = { ...quotaStateExample, cost: 'usd', limit: 12.5, remaining: 0.300_001 };
    assert.deepEqual(headersOf(tokens, usd), {
      'RateLimit-Policy':
        '"scraper/quotas/0";q=100;qu="tokens";w=86400, "scraper/quotas/0";q=12500000;qu="usd-millionths";w=86400',
      RateLimit: '"scraper/quotas/0";r=58;t=3120, "scraper/quotas/0";r=300001;t=3120',
    });
  });

  it('never writes a number that the field cannot hold', () => {
    const usd: QuotaState = { ...quotaStateExample, cost: 'usd', limit: 1e12, remaining: 1e12 };
    assert.match(headersOf(usd).RateLimit ?? '', /;r=999999999999999;/);
  });
});
