import { applySteps } from './apply-plan.ts';
import type { GatewayPolicies } from './gateway-policies.ts';
import { planPolicies } from './policy-plan.ts';
import { readPolicyFolder } from './read-policy-folder.ts';
import { renderPlan } from './render-plan.ts';
import { type SparedStep, spareChangesOfOthers } from './spare-changes.ts';

/** Somebody else's changes are in the way of the files. The message names each, and how they are overruled. */
export class PoliciesChangedError extends Error {
  override readonly name = 'PoliciesChangedError';

  constructor(spared: readonly SparedStep[]) {
    const lines = spared.map(
      ({ step, last }) => `  ${step.name}: ${last.change} by ${last.by} at ${last.at}`,
    );
    super(
      `Left as an operator has made them, unlike the files:\n${lines.join('\n')}\nBring the files to what is active, or apply them by hand: npm run policies -- apply <folder> --yes`,
    );
  }
}

/**
 * Makes a gateway's policies what a folder says, where nobody is there to look at the plan. Nothing is deleted, and what an
 * operator other than `self` was the last to change stays. Done again it changes nothing.
 *
 * @param options `self` is the `sub` of the operator whom the gateway takes this for
 * @throws InvalidPolicyFilesError before anything is changed; PoliciesChangedError after everything else is; GatewayError
 */
export async function deployPolicies(
  gateway: GatewayPolicies,
  options: { readonly folder: string; readonly self: string; readonly print: (text: string) => void },
): Promise<void> {
  const { folder, self, print } = options;
  const wanted = readPolicyFolder(folder).map(({ policy }) => policy);
  const plan = planPolicies(wanted, await gateway.list());
  print(renderPlan(plan, { prune: false }));
  const steps = plan.steps.filter(({ kind }) => kind !== 'delete');
  const { taken, spared } = await spareChangesOfOthers(gateway, steps, self);
  await applySteps(gateway, taken, ({ kind, name }) => print(`done: ${kind} ${name}\n`));
  if (spared.length > 0) throw new PoliciesChangedError(spared);
}
