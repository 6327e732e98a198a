import { listPoliciesQuerySchema, type PolicyList } from '@4runr/contracts/policy';
import type { RequestHandler } from 'express';
import type { PolicyStore } from '../../domain/policy-store.ts';
import { parseInput } from '../parse-input.ts';
import { representPolicy } from './policy-representation.ts';

/** `GET /v1/policies`, by name. */
export function listPoliciesHandler(policies: PolicyStore): RequestHandler {
  return async (request, response) => {
    const { limit, cursor } = parseInput(listPoliciesQuerySchema, { ...request.query });
    const page = await policies.list({ limit, after: cursor });
    const body: PolicyList = { items: page.items.map(representPolicy), nextCursor: page.next ?? null };
    response.set('Cache-Control', 'no-store').json(body);
  };
}
