import { ForbiddenTargetError } from '@4runr/egress-guard';
import { ProblemError } from '@4runr/service-kit/errors';

/** A refusal of the egress guard as the problem that it is; the address that was refused goes to the log alone. */
export function forbiddenTarget(error: unknown): ProblemError | undefined {
  if (!(error instanceof ForbiddenTargetError)) return undefined;
  return new ProblemError('target.forbidden', {
    detail: `${error.message}.`,
    cause: error,
    extensions: { reason: error.reason },
  });
}
