import { policySchema } from '@4runr/contracts/policy';
import { compileCondition } from './condition/condition.ts';

/** A document as it may be written: fit, and with a condition that can be evaluated. Faults say where they are. */
export const writablePolicySchema = policySchema.superRefine(({ guards }, context) => {
  if (guards?.when === undefined) return;
  try {
    compileCondition(guards.when);
  } catch (error) {
    const message = error instanceof TypeError ? error.message : 'cannot be evaluated';
    context.addIssue({ code: 'custom', path: ['guards', 'when'], message });
  }
});
