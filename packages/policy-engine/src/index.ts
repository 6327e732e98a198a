export { decide } from './decide.ts';
export type { Decision, ShadowVerdict, Verdict } from './decision.ts';
export type { PastCall } from './past-call.ts';
export type { PolicyCall, PolicySubject } from './policy-call.ts';
export { compilePolicies, type PolicySet, updatePolicies } from './policy-set.ts';
export { policyVersion } from './policy-version.ts';
export { type Reconsidered, reconsider } from './reconsider.ts';
export { replacePolicies } from './replace-policies.ts';
export { writablePolicySchema } from './writable-policy.ts';
