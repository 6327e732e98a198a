import type { PolicyReference } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { byPolicyName, compilePolicies, type PolicySet } from './policy-set.ts';

/**
 * The policies as they would be with these documents, each in place of the one of its name or beside the others. Costs what
 * compiling the documents costs, however many policies there are.
 *
 * @throws {TypeError} as `compilePolicies` does
 */
export function replacePolicies(policies: PolicySet, documents: readonly Policy[]): PolicySet {
  const replacing = compilePolicies(documents);
  const names = new Set(documents.map(({ name }) => name));
  const merge = <Rule extends { readonly policy: PolicyReference }>(
    rules: readonly Rule[],
    added: readonly Rule[],
  ): readonly Rule[] =>
    [...rules.filter(({ policy }) => !names.has(policy.name)), ...added].sort(byPolicyName);
  return {
    names: new Set([...policies.names, ...names]),
    get compiled() {
      const kept = [...policies.compiled].filter(([, { document }]) => !names.has(document.name));
      return new Map([...kept, ...replacing.compiled]);
    },
    rulesFor(scope, subject) {
      const [before, added] = [policies.rulesFor(scope, subject), replacing.rulesFor(scope, subject)];
      return {
        allow: merge(before.allow, added.allow),
        deny: merge(before.deny, added.deny),
        shadow: merge(before.shadow, added.shadow),
      };
    },
  };
}
