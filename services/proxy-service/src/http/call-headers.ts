import { headers } from '@4runr/contracts/headers';
import type { Response } from 'express';
import type { ReceivedCall } from '../domain/call.ts';
import { setCacheHeaders } from './cache-headers.ts';
import { setRateLimitHeaders } from './rate-limit-headers.ts';
import { formatServerTiming } from './server-timing.ts';
import { setTokenHeaders } from './token-headers.ts';

/**
 * What the answer to a call says of it in its head, failures included: where its time went, what was preferred, of the token, of
 * quotas, of the cache, and whether it was carried out earlier.
 */
export function setCallHeaders(response: Response, call: ReceivedCall): void {
  response.set(headers.serverTiming, formatServerTiming(call));
  const { agent, quota = [], cacheHandling, replayOf } = call.observed;
  if (agent !== undefined) setTokenHeaders(response, agent);
  if (call.waitSeconds !== undefined) response.set(headers.preferenceApplied, `wait=${call.waitSeconds}`);
  setRateLimitHeaders(response, quota);
  setCacheHeaders(response, cacheHandling);
  if (replayOf !== undefined) response.set(headers.idempotencyReplayed, 'true');
}
