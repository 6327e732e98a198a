import type { Policy } from '@4runr/contracts/policy';
import { compilePolicies, writablePolicySchema } from '@4runr/policy-engine';
import { invalidParams, parseBody } from '@4runr/service-kit/http';

/**
 * A policy document as an operator wrote it. What decisions cannot be made by is refused here: stored, it would keep every
 * replica from following any change.
 *
 * @throws ProblemError `params.invalid` with every fault and where it is
 */
export function parsePolicyDocument(body: unknown): Policy {
  const document = parseBody(writablePolicySchema, body);
  try {
    compilePolicies([document]);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw invalidParams([{ pointer: '', detail: error.message }]);
  }
  return document;
}
