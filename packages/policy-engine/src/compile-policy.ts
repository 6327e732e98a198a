import type { DomainsObligation, PolicyReference, Reason } from '@4runr/contracts/decision';
import type { Policy } from '@4runr/contracts/policy';
import { compileObligations, pathsAgainstStreams } from './compile-obligations.ts';
import { compileQuotas } from './compile-quotas.ts';
import { compileRequirements } from './compile-requirements.ts';
import { policyVersion } from './policy-version.ts';
import type { AllowRule, DenyRule, ScopeRule } from './rule.ts';

/** One version of a policy, ready to decide by. */
export interface CompiledPolicy {
  readonly document: Policy;
  /** `sha256:` and the hash of the canonical document. */
  readonly version: string;
  /** What it says, by scope. */
  readonly rules: ReadonlyMap<string, ScopeRule>;
}

/** Compiles a document that fits `policySchema`. */
export function compilePolicy(document: Policy): CompiledPolicy {
  const version = policyVersion(document);
  const policy: PolicyReference = { name: document.name, version };
  const allow = compileAllowRules(document, policy);
  const deny = compileDenyRules(document, policy);
  const scopes = new Set([...allow.keys(), ...deny.keys()]);
  const rules = Array.from(
    scopes,
    (scope) => [scope, { policy, allow: allow.get(scope), deny: deny.get(scope) }] as const,
  );
  return { document, version, rules: new Map(rules) };
}

function compileAllowRules(document: Policy, policy: PolicyReference): ReadonlyMap<string, AllowRule> {
  const shared = {
    policy,
    requirements: compileRequirements(document, policy),
    domains: domainsObligation(document),
    obligations: compileObligations(document),
    againstStreams: reasonAgainstStreams(document, policy),
  };
  return new Map(
    document.allow?.map((scope, index) => {
      const reason = ruleReason('allow', { policy, pointer: `/allow/${index}`, scope });
      return [scope, { ...shared, reason, quotas: compileQuotas(document, policy, scope) }];
    }),
  );
}

function compileDenyRules(document: Policy, policy: PolicyReference): ReadonlyMap<string, DenyRule> {
  return new Map(
    document.deny?.map((scope, index) => {
      const reason = ruleReason('deny', { policy, pointer: `/deny/${index}`, scope });
      return [scope, { policy, reason }];
    }),
  );
}

function ruleReason(
  rule: 'allow' | 'deny',
  { policy, pointer, scope }: { policy: PolicyReference; pointer: string; scope: string },
): Reason {
  const verb = rule === 'allow' ? 'allows' : 'denies';
  return { rule, policy, pointer, detail: `${policy.name} ${verb} ${scope}.` };
}

/** Whether or not the policy's guards are met: what it obliges to goes with every call of the scope. */
function reasonAgainstStreams(document: Policy, policy: PolicyReference): Reason | undefined {
  const [first] = pathsAgainstStreams(document);
  if (first === undefined) return undefined;
  const detail = `What ${policy.name} asks of answers cannot be done to a streamed one.`;
  return { rule: 'streaming', policy, pointer: `/${first.join('/')}`, detail };
}

function domainsObligation({ guards }: Policy): DomainsObligation | undefined {
  if (guards?.domains === undefined) return undefined;
  const { allow = ['*'], deny = [] } = guards.domains;
  return { type: 'domains', allow, deny };
}
