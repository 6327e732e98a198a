import type { PolicyReference } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { compilePolicy } from './compile-policy.ts';
import type { PolicySubject } from './policy-call.ts';
import type { AllowRule, DenyRule, ShadowRule } from './rule.ts';
import { SubjectIndex } from './subject-index.ts';

interface ScopeRules {
  readonly allow: SubjectIndex<AllowRule>;
  readonly deny: SubjectIndex<DenyRule>;
  readonly shadow: SubjectIndex<ShadowRule>;
}

/** The rules that apply to calls of one scope by one agent, in the order of the policies' names. */
export interface ApplyingRules {
  readonly allow: readonly AllowRule[];
  readonly deny: readonly DenyRule[];
  /** Those of policies in shadow, which have no part in the verdict. */
  readonly shadow: readonly ShadowRule[];
}

/** Policies as decisions use them: compiled once, found by scope and subject, never changed. */
export interface PolicySet {
  /** How many policies it holds. */
  readonly size: number;
  /** The rules of all policies that apply to calls of the scope by the subject. */
  rulesFor(scope: string, subject: PolicySubject): ApplyingRules;
}

const nothing: ApplyingRules = { allow: [], deny: [], shadow: [] };

/**
 * Compiles documents that fit `policySchema`. What a decision costs later depends only on the policies that name the
 * call's scope for its agent or role. A condition that is none, which `writablePolicySchema` refuses, is never met.
 *
 * @throws {TypeError} when two documents have the same name, or a pattern is none
 */
export function compilePolicies(documents: readonly Policy[]): PolicySet {
  const scopes = new Map<string, ScopeRules>();
  const names = new Set(documents.map(({ name }) => name));
  if (names.size < documents.length) throw new TypeError('two policies have the same name');
  for (const document of documents.toSorted(byName)) addRules(scopes, document);
  return {
    size: documents.length,
    rulesFor(scope, subject) {
      const rules = scopes.get(scope);
      if (rules === undefined) return nothing;
      return {
        allow: rules.allow.find(subject),
        deny: rules.deny.find(subject),
        shadow: rules.shadow.find(subject),
      };
    },
  };
}

function addRules(scopes: Map<string, ScopeRules>, document: Policy): void {
  const { subjects, mode } = document;
  for (const [scope, rule] of compilePolicy(document)) {
    const rules = rulesOf(scopes, scope);
    if (mode === 'shadow') {
      rules.shadow.add(subjects, rule);
      continue;
    }
    if (rule.allow !== undefined) rules.allow.add(subjects, rule.allow);
    if (rule.deny !== undefined) rules.deny.add(subjects, rule.deny);
  }
}

function rulesOf(scopes: Map<string, ScopeRules>, scope: string): ScopeRules {
  const known = scopes.get(scope);
  if (known !== undefined) return known;
  const rules: ScopeRules = {
    allow: new SubjectIndex(),
    deny: new SubjectIndex(),
    shadow: new SubjectIndex(),
  };
  scopes.set(scope, rules);
  return rules;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** The order that rules are in. */
export function byPolicyName(
  a: { readonly policy: PolicyReference },
  b: { readonly policy: PolicyReference },
): number {
  return byName(a.policy, b.policy);
}
