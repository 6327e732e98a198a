import { auditStreamKeyOf } from '@4runr/contracts/audit';
import { partitionOf, partitionTag } from '@4runr/contracts/partition';

/** Keys of one call in its agent's partition, all in one slot of a Redis Cluster. */
export interface CallKeys {
  /** The decision, and later that it is settled. */
  readonly record: string;
  /** What the call took of its agent's quotas. */
  readonly hold: string;
  /** The audit stream. */
  readonly stream: string;
}

export function callKeysOf(agent: string, callId: string): CallKeys {
  const tag = partitionTag(partitionOf(agent));
  return {
    record: `${tag}:decision:${callId}`,
    hold: `${tag}:hold:${callId}`,
    stream: auditStreamKeyOf(agent),
  };
}

/** Key of what a call took of its role's quotas, in the partition of the role. */
export function roleHoldKeyOf(role: string, callId: string): string {
  return `${partitionTag(partitionOf(role))}:role-hold:${callId}`;
}

/** Whose quotas they are: one agent's, or those of all agents of a role. */
export interface QuotaHolder {
  readonly kind: 'agent' | 'role';
  readonly id: string;
}

/** Key of the list of all counts of a partition, by the agent or role that it is of. */
export function countersKeyOf(holder: string): string {
  return countersKeyIn(partitionOf(holder));
}

export function countersKeyIn(partition: number): string {
  return `${partitionTag(partition)}:quotas`;
}

/** Keys of the counts and of the entries of one quota. */
export function quotaKeysOf({ kind, id }: QuotaHolder, key: string): [counts: string, entries: string] {
  const quota = `${partitionTag(partitionOf(id))}:quota:${kind}:${id}:${key}`;
  return [quota, `${quota}:entries`];
}
