import { ProblemError } from '@4runr/service-kit/errors';
import { assertPreconditions } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Request, Response } from 'express';
import type { PolicyChanges, PolicyEdit, PolicyPast } from '../../domain/policy-change.ts';
import type { StoredPolicy } from '../../domain/policy-store.ts';
import { changeOriginOf } from '../change-origin.ts';
import { policyNameOf } from './policy-name.ts';
import { entityTagOf } from './policy-representation.ts';

/** What changes of policies are made of. */
export interface PolicyChangeParts {
  readonly kit: Pick<Kit, 'logger'>;
  readonly changes: PolicyChanges;
}

/**
 * Changes the policy that a request names, if it is in the state that the request names. Decisions follow within a second,
 * on every replica.
 *
 * @returns the policy afterwards, or as it was before it was deleted
 * @throws ProblemError `policy.unknown`, `precondition.failed`, and what `decide` throws
 */
export async function changePolicy(
  { kit, changes }: PolicyChangeParts,
  { request, response }: { request: Request; response: Response },
  decide: (
    policy: StoredPolicy,
    past: PolicyPast,
  ) => PolicyEdit | undefined | Promise<PolicyEdit | undefined>,
): Promise<StoredPolicy> {
  const name = policyNameOf(request);
  const origin = changeOriginOf(response);
  const changed = await changes.change(name, origin, (policy, past) => {
    assertPreconditions(request, entityTagOf(policy));
    return decide(policy, past);
  });
  if (changed === undefined) throw new ProblemError('policy.unknown');
  const { policy, edit } = changed;
  if (edit !== undefined) {
    logPolicyChange(kit, { policy: name, change: edit.change, operator: origin.operator });
  }
  return policy;
}

/** By the name under which logs are searched for what operators did (docs/logs.md). */
export function logPolicyChange(
  { logger }: PolicyChangeParts['kit'],
  change: { readonly policy: string; readonly change: string; readonly operator: string },
): void {
  logger.info({ event: 'security.operator_change', ...change }, 'policy changed');
}
