import type {
  DomainsObligation,
  Obligation,
  PolicyReference,
  QuotaClaim,
  Reason,
} from '@4runr/contracts/decision';
import type { Requirement } from './requirement.ts';

/** One policy's permission for one scope. */
export interface AllowRule {
  readonly policy: PolicyReference;
  readonly requirements: readonly Requirement[];
  /** What is said when it decides. */
  readonly reason: Reason;
  /** Its guard on domains, for whoever follows redirects; `undefined` where it lets every host pass. */
  readonly domains: DomainsObligation | undefined;
  /** What it obliges to, whether or not its requirements are met. */
  readonly obligations: readonly Obligation[];
  /** What is said of a streamed call; `undefined` where all that it obliges to can be done to a stream. */
  readonly againstStreams: Reason | undefined;
  /** What it counts, whether or not its requirements are met. */
  readonly quotas: readonly QuotaClaim[];
}

/** One policy's prohibition of one scope. */
export interface DenyRule {
  readonly policy: PolicyReference;
  readonly reason: Reason;
}

/** All that one policy says of one scope. */
export interface ScopeRule {
  readonly policy: PolicyReference;
  readonly allow: AllowRule | undefined;
  readonly deny: DenyRule | undefined;
}
