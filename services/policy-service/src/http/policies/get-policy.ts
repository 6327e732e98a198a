import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import type { PolicyStore } from '../../domain/policy-store.ts';
import { policyNameOf } from './policy-name.ts';
import { entityTagOf, representPolicy } from './policy-representation.ts';

/** `GET /v1/policies/{name}`; answers 304 to an `If-None-Match` that still holds. */
export function getPolicyHandler(policies: PolicyStore): RequestHandler {
  return async (request, response) => {
    const policy = await policies.find(policyNameOf(request));
    if (policy === undefined) throw new ProblemError('policy.unknown');
    response.set({ ETag: entityTagOf(policy), 'Cache-Control': 'no-cache' }).json(representPolicy(policy));
  };
}
