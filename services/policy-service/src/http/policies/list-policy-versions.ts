import { listPolicyVersionsQuerySchema, type PolicyHistory } from '@4runr/contracts/policy';
import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import type { PolicyHistories } from '../../domain/policy-change.ts';
import { parseInput } from '../parse-input.ts';
import { policyNameOf } from './policy-name.ts';

/** `GET /v1/policies/{name}/versions`, newest first; also of a policy that was deleted. */
export function listPolicyVersionsHandler(histories: PolicyHistories): RequestHandler {
  return async (request, response) => {
    const name = policyNameOf(request);
    const { limit, cursor } = parseInput(listPolicyVersionsQuerySchema, { ...request.query });
    const { items, next } = await histories.list({ name, before: cursor, limit });
    if (items.length === 0 && cursor === undefined) throw new ProblemError('policy.unknown');
    const body: PolicyHistory = {
      name,
      items: items.map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() })),
      nextCursor: next === undefined ? null : String(next),
    };
    response.set('Cache-Control', 'no-store').json(body);
  };
}
