import { policyVersion } from '@4runr/policy-engine';
import { invalidParams, requireIfMatch } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import { changePolicy, type PolicyChangeParts } from './change-policy.ts';
import { parsePolicyDocument } from './policy-document.ts';
import { policyNameOf } from './policy-name.ts';
import { sendPolicy } from './policy-representation.ts';

/** `PUT /v1/policies/{name}`; needs `If-Match`. The same document again changes nothing, and makes no version. */
export function replacePolicyHandler(parts: PolicyChangeParts): RequestHandler {
  return async (request, response) => {
    const name = policyNameOf(request);
    requireIfMatch(request);
    const document = parsePolicyDocument(request.body);
    if (document.name !== name) {
      throw invalidParams([{ pointer: '/name', detail: `is not ${name}, which the path names` }]);
    }
    const policy = await changePolicy(parts, { request, response }, ({ version }) =>
      version === policyVersion(document) ? undefined : { change: 'update', document },
    );
    sendPolicy(response, policy);
  };
}
