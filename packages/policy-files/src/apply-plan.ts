import type { GatewayPolicies } from './gateway-policies.ts';
import type { PolicyStep } from './policy-plan.ts';

/**
 * Takes the steps one after the other; the first that fails is the last. Each holds only while its policy is what the plan saw,
 * so whatever somebody else changes meanwhile stays.
 *
 * @param onDone is told of every step that is taken
 */
export async function applySteps(
  gateway: GatewayPolicies,
  steps: readonly PolicyStep[],
  onDone: (step: PolicyStep) => void,
): Promise<void> {
  for (const step of steps) {
    await take(gateway, step);
    onDone(step);
  }
}

function take(gateway: GatewayPolicies, step: PolicyStep): Promise<void> {
  switch (step.kind) {
    case 'create':
      return gateway.create(step.after);
    case 'change':
      return gateway.replace(step.before, step.after);
    case 'delete':
      return gateway.delete(step.before);
  }
}
