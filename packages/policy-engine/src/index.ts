export { type Decision, decide } from './decide.ts';
export type { PolicyCall, PolicySubject } from './policy-call.ts';
export { compilePolicies, type PolicySet } from './policy-set.ts';
export { policyVersion } from './policy-version.ts';
