import type { Policy } from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';
import { query } from './database.ts';

/** Stores a policy as policy-service does; it is active within a second. */
export async function storePolicy(policy: Policy): Promise<void> {
  const { name } = policy;
  await query('insert into policy.policy_versions (name, number, version, document) values ($1, 1, $2, $3)', [
    name,
    policyVersion(policy),
    JSON.stringify(policy),
  ]);
  await query('insert into policy.policies (name, number) values ($1, 1)', [name]);
}
