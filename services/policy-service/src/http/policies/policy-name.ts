import { policyNameSchema } from '@4runr/contracts/policy';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Request } from 'express';

/** The name in the path. @throws ProblemError `policy.unknown` for what can be no policy's name */
export function policyNameOf(request: Request): string {
  const name = policyNameSchema.safeParse(request.params.name);
  if (!name.success) throw new ProblemError('policy.unknown');
  return name.data;
}
