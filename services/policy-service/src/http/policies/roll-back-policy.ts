import { type Policy, rollbackPolicySchema } from '@4runr/contracts/policy';
import { invalidParams, parseBody, requireIfMatch } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import { changePolicy, type PolicyChangeParts } from './change-policy.ts';
import { parsePolicyDocument } from './policy-document.ts';
import { policyNameOf } from './policy-name.ts';
import { sendPolicy } from './policy-representation.ts';

/**
 * `POST /v1/policies/{name}/rollback`; needs `If-Match`. Makes a version of the policy's history active again, as a new entry
 * of it. The version that is active already changes nothing.
 */
export function rollBackPolicyHandler(parts: PolicyChangeParts): RequestHandler {
  return async (request, response) => {
    policyNameOf(request);
    requireIfMatch(request);
    const { version } = parseBody(rollbackPolicySchema, request.body);
    const policy = await changePolicy(parts, { request, response }, async (current, past) => {
      if (current.version === version) return undefined;
      return { change: 'rollback', document: readPast(await past.document(version)) };
    });
    sendPolicy(response, policy);
  };
}

function readPast(stored: unknown): Policy {
  const fault = (detail: string) => invalidParams([{ pointer: '/version', detail }]);
  if (stored === undefined) throw fault('is not in the history of this policy');
  try {
    return parsePolicyDocument(stored);
  } catch {
    throw fault('is a document that this version of the gateway does not understand');
  }
}
