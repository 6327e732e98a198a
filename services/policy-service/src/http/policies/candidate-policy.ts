import type { Policy } from '@4runr/contracts/policy';
import { ProblemError } from '@4runr/service-kit/errors';
import { invalidParams } from '@4runr/service-kit/http';
import { parsePolicyDocument } from './policy-document.ts';

/**
 * The policy that a request names to be tried out, if it does.
 *
 * @throws ProblemError `params.invalid` with every fault and where in the request it is
 */
export function parseCandidatePolicy(policy: unknown): Policy | undefined {
  if (policy === undefined) return undefined;
  try {
    return parsePolicyDocument(policy);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const errors = error.extensions.errors ?? [];
    throw invalidParams(errors.map((fault) => ({ ...fault, pointer: `/policy${fault.pointer}` })));
  }
}
