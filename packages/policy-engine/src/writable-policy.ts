import { streamedScopes } from '@4runr/contracts/manifest';
import { type Policy, policySchema } from '@4runr/contracts/policy';
import { pathsAgainstStreams } from './compile-obligations.ts';
import { compileCondition } from './condition/condition.ts';

interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * A document as it may be written: fit, with a condition that can be evaluated, and asking of streamed answers nothing that cannot
 * be done to them. Faults say where they are.
 */
export const writablePolicySchema = policySchema.superRefine((document, context) => {
  for (const { path, message } of [...conditionFaults(document), ...streamingFaults(document)])
    context.addIssue({ code: 'custom', path: [...path], message });
});

function conditionFaults({ guards }: Policy): readonly Fault[] {
  if (guards?.when === undefined) return [];
  try {
    compileCondition(guards.when);
    return [];
  } catch (error) {
    const message = error instanceof TypeError ? error.message : 'cannot be evaluated';
    return [{ path: ['guards', 'when'], message }];
  }
}

/** Where streams are denied by the policy itself, its author has said what they mean: answers that come as a whole. */
function streamingFaults(document: Policy): readonly Fault[] {
  if (document.guards?.streaming === 'deny') return [];
  const streamed = document.allow?.filter((scope) => streamedScopes.has(scope)) ?? [];
  if (streamed.length === 0) return [];
  const message = `cannot be done to streamed answers of ${streamed.join(', ')}: deny these by "streaming": "deny" in \`guards\``;
  return pathsAgainstStreams(document).map((path) => ({ path, message }));
}
