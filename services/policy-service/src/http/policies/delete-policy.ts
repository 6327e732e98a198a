import { requireIfMatch } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import { changePolicy, type PolicyChangeParts } from './change-policy.ts';
import { policyNameOf } from './policy-name.ts';

/** `DELETE /v1/policies/{name}`; needs `If-Match`. Its history stays, and its name can be taken again. */
export function deletePolicyHandler(parts: PolicyChangeParts): RequestHandler {
  return async (request, response) => {
    policyNameOf(request);
    requireIfMatch(request);
    await changePolicy(parts, { request, response }, () => ({ change: 'delete' }));
    response.status(204).end();
  };
}
