import { headers } from '@4runr/contracts/headers';
import type { Response } from 'express';
import type { Agent } from '../domain/call.ts';

/** Tells the client how long its token lives, and in the last fifth of that life to get a new one. */
export function setTokenHeaders(response: Response, agent: Agent, nowMs: number = Date.now()): void {
  const leftSeconds = Math.max(0, agent.tokenExpiresAt - Math.floor(nowMs / 1_000));
  const lifeSeconds = agent.tokenExpiresAt - agent.tokenIssuedAt;
  response.set(headers.tokenExpiresIn, String(leftSeconds));
  if (leftSeconds * 5 < lifeSeconds) response.set(headers.tokenRotationRecommended, 'true');
}
