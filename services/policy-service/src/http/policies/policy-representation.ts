import type { PolicyRecord } from '@4runr/contracts/policy';
import type { Response } from 'express';
import type { StoredPolicy } from '../../domain/policy-store.ts';

/** A policy as operators see it. */
export function representPolicy(policy: StoredPolicy): PolicyRecord {
  const { name, version, document, createdAt, updatedAt } = policy;
  return {
    name,
    version,
    document,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** The entity tag of a policy's state (RFC 9110 section 8.8.3). */
export function entityTagOf({ version }: StoredPolicy): string {
  return `"${version}"`;
}

/** Answers a change with the policy that came of it. */
export function sendPolicy(response: Response, policy: StoredPolicy): void {
  response.set({ ETag: entityTagOf(policy), 'Cache-Control': 'no-store' }).json(representPolicy(policy));
}
