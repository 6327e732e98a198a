import { policyNameSchema } from '@4runr/contracts/policy';
import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import type { PolicyStore } from '../domain/policy-store.ts';
import { entityTagOf, representPolicy } from './policy-representation.ts';

/** `GET /v1/policies/{name}`; answers 304 to an `If-None-Match` that still holds. */
export function getPolicyHandler(policies: PolicyStore): RequestHandler {
  return async (request, response) => {
    const name = policyNameSchema.safeParse(request.params.name);
    const policy = name.success ? await policies.find(name.data) : undefined;
    if (policy === undefined) throw new ProblemError('policy.unknown');
    response.set({ ETag: entityTagOf(policy), 'Cache-Control': 'no-cache' }).json(representPolicy(policy));
  };
}
