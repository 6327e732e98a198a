import type { DomainsObligation, PolicyReference, Reason } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { compileRequirements } from './compile-requirements.ts';
import type { PolicySubject } from './policy-call.ts';
import { policyVersion } from './policy-version.ts';
import type { Requirement } from './requirement.ts';
import { SubjectIndex } from './subject-index.ts';

/** One policy's permission for one scope. */
export interface AllowRule {
  readonly policy: PolicyReference;
  readonly requirements: readonly Requirement[];
  /** What is said when it decides. */
  readonly reason: Reason;
  /** Its guard on domains, for whoever follows redirects; `undefined` where it lets every host pass. */
  readonly domains: DomainsObligation | undefined;
}

/** One policy's prohibition of one scope. */
export interface DenyRule {
  readonly policy: PolicyReference;
  readonly reason: Reason;
}

interface ScopeRules {
  readonly allow: SubjectIndex<AllowRule>;
  readonly deny: SubjectIndex<DenyRule>;
}

/** Policies as decisions use them: compiled once, found by scope and subject, never changed. */
export interface PolicySet {
  /** How many policies it holds. */
  readonly size: number;
  /** The rules of all policies that apply to calls of the scope by the subject, in the order of the policies' names. */
  rulesFor(
    scope: string,
    subject: PolicySubject,
  ): { readonly allow: readonly AllowRule[]; readonly deny: readonly DenyRule[] };
}

/**
 * Compiles documents that fit `policySchema`. What a decision costs later depends only on the policies that name the
 * call's scope for its agent or role.
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
      if (rules === undefined) return { allow: [], deny: [] };
      return { allow: rules.allow.find(subject), deny: rules.deny.find(subject) };
    },
  };
}

function addRules(scopes: Map<string, ScopeRules>, document: Policy): void {
  const policy: PolicyReference = { name: document.name, version: policyVersion(document) };
  const requirements = compileRequirements(document, policy);
  const domains = domainsObligation(document);
  for (const [index, scope] of (document.allow ?? []).entries()) {
    const reason = ruleReason('allow', { policy, pointer: `/allow/${index}`, scope });
    rulesOf(scopes, scope).allow.add(document.subjects, { policy, requirements, reason, domains });
  }
  for (const [index, scope] of (document.deny ?? []).entries()) {
    const reason = ruleReason('deny', { policy, pointer: `/deny/${index}`, scope });
    rulesOf(scopes, scope).deny.add(document.subjects, { policy, reason });
  }
}

function rulesOf(scopes: Map<string, ScopeRules>, scope: string): ScopeRules {
  const known = scopes.get(scope);
  if (known !== undefined) return known;
  const rules: ScopeRules = { allow: new SubjectIndex(), deny: new SubjectIndex() };
  scopes.set(scope, rules);
  return rules;
}

function ruleReason(
  rule: 'allow' | 'deny',
  { policy, pointer, scope }: { policy: PolicyReference; pointer: string; scope: string },
): Reason {
  const verb = rule === 'allow' ? 'allows' : 'denies';
  return { rule, policy, pointer, detail: `${policy.name} ${verb} ${scope}.` };
}

function domainsObligation({ guards }: Policy): DomainsObligation | undefined {
  if (guards?.domains === undefined) return undefined;
  const { allow = ['*'], deny = [] } = guards.domains;
  return { type: 'domains', allow, deny };
}

function byName(a: Policy, b: Policy): number {
  return a.name < b.name ? -1 : 1;
}
