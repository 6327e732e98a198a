import type { PolicyReference } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import type { PolicySubject } from './policy-call.ts';

const none: readonly never[] = [];

/** Rules by the roles and agents that they are for. Rules are added in the order of their policies' names. */
export class SubjectIndex<Rule extends { readonly policy: PolicyReference }> {
  readonly #byRole = new Map<string, Rule[]>();
  readonly #byAgent = new Map<string, Rule[]>();

  add({ roles = [], agents = [] }: Policy['subjects'], rule: Rule): void {
    for (const role of new Set(roles)) append(this.#byRole, role, rule);
    for (const agent of new Set(agents)) append(this.#byAgent, agent, rule);
  }

  /** Every rule for the agent or its role, once, in the order of the policies' names. */
  find({ id, role }: PolicySubject): readonly Rule[] {
    const forRole = this.#byRole.get(role) ?? none;
    const forAgent = this.#byAgent.get(id);
    if (forAgent === undefined) return forRole;
    return [...new Set([...forRole, ...forAgent])].sort((a, b) => (a.policy.name < b.policy.name ? -1 : 1));
  }
}

function append<Rule>(rules: Map<string, Rule[]>, key: string, rule: Rule): void {
  const known = rules.get(key);
  if (known === undefined) rules.set(key, [rule]);
  else known.push(rule);
}
