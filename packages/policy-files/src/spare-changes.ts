import type { PolicyHistoryEntry } from '@4runr/contracts/policy';
import type { GatewayPolicies } from './gateway-policies.ts';
import type { PolicyStep } from './policy-plan.ts';

/** A step that is not taken, because somebody else has changed the policy. */
export interface SparedStep {
  readonly step: PolicyStep;
  readonly last: PolicyHistoryEntry;
}

/** Who made the policies that a gateway begins with. */
const system = 'system';

/**
 * Parts the steps that undo nothing but what the gateway began with or `self` has done, from those whose policy somebody else
 * was the last to change, delete or roll back.
 *
 * @param self `sub` of the operator who would take the steps
 */
export async function spareChangesOfOthers(
  gateway: Pick<GatewayPolicies, 'lastChangeOf'>,
  steps: readonly PolicyStep[],
  self: string,
): Promise<{ readonly taken: readonly PolicyStep[]; readonly spared: readonly SparedStep[] }> {
  const taken: PolicyStep[] = [];
  const spared: SparedStep[] = [];
  for (const step of steps) {
    const last = await gateway.lastChangeOf(step.name);
    if (last === undefined || last.by === system || last.by === self) taken.push(step);
    else spared.push({ step, last });
  }
  return { taken, spared };
}
