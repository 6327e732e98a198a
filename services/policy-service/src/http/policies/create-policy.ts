import { invalidParams } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import { changeOriginOf } from '../change-origin.ts';
import { logPolicyChange, type PolicyChangeParts } from './change-policy.ts';
import { parsePolicyDocument } from './policy-document.ts';
import { sendPolicy } from './policy-representation.ts';

/** Operations on all policies have their paths where a policy of this name would have its own. */
const reservedNames = new Set(['simulate', 'replay']);

/** `POST /v1/policies`; a name that was deleted may be taken again. */
export function createPolicyHandler({ kit, changes }: PolicyChangeParts): RequestHandler {
  return async (request, response) => {
    const document = parsePolicyDocument(request.body);
    if (reservedNames.has(document.name)) throw invalidParams([{ pointer: '/name', detail: 'is reserved' }]);
    const origin = changeOriginOf(response);
    const policy = await changes.create(document, origin);
    logPolicyChange(kit, { policy: policy.name, change: 'create', operator: origin.operator });
    sendPolicy(response.status(201).location(`/v1/policies/${policy.name}`), policy);
  };
}
