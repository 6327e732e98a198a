import type { PolicyReference } from '@4runr/contracts/decision';
import { type Policy, policySchema } from '@4runr/contracts/policy';
import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import type { PolicySubject } from './policy-call.ts';
import { policyVersion } from './policy-version.ts';
import type { AllowRule, DenyRule, ScopeRule } from './rule.ts';
import { SubjectIndex } from './subject-index.ts';

interface ScopeRules {
  readonly allow: SubjectIndex<AllowRule>;
  readonly deny: SubjectIndex<DenyRule>;
  readonly shadow: SubjectIndex<ScopeRule>;
}

/** The rules that apply to calls of one scope by one agent, in the order of the policies' names. */
export interface ApplyingRules {
  readonly allow: readonly AllowRule[];
  readonly deny: readonly DenyRule[];
  /** Those of policies in shadow, which have no part in the verdict. */
  readonly shadow: readonly ScopeRule[];
}

/** Policies as decisions use them: compiled once, found by scope and subject, never changed. */
export interface PolicySet {
  /** Those of the policies that it holds. */
  readonly names: ReadonlySet<string>;
  /** Its policies by their versions. */
  readonly compiled: ReadonlyMap<string, CompiledPolicy>;
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
  return assemble(documents.map(compilePolicy));
}

/**
 * The set of documents as they were stored, in place of the set before. Only versions that are not in that are read and compiled:
 * a change costs as much as is changed, and a hash of each document.
 *
 * @throws {ZodError} when a document does not fit `policySchema`
 * @throws {TypeError} when two documents have the same name
 */
export function updatePolicies(before: PolicySet | undefined, documents: readonly unknown[]): PolicySet {
  return assemble(
    documents.map(
      (document) =>
        before?.compiled.get(policyVersion(document)) ?? compilePolicy(policySchema.parse(document)),
    ),
  );
}

function assemble(policies: readonly CompiledPolicy[]): PolicySet {
  const names = new Set(policies.map(({ document }) => document.name));
  if (names.size < policies.length) throw new TypeError('two policies have the same name');
  const scopes = new Map<string, ScopeRules>();
  for (const policy of policies.toSorted((a, b) => byName(a.document, b.document))) addRules(scopes, policy);
  return {
    names,
    compiled: new Map(policies.map((policy) => [policy.version, policy])),
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

function addRules(scopes: Map<string, ScopeRules>, { document, rules }: CompiledPolicy): void {
  const { subjects, mode } = document;
  for (const [scope, rule] of rules) {
    const known = rulesOf(scopes, scope);
    if (mode === 'shadow') {
      known.shadow.add(subjects, rule);
      continue;
    }
    if (rule.allow !== undefined) known.allow.add(subjects, rule.allow);
    if (rule.deny !== undefined) known.deny.add(subjects, rule.deny);
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
