import { createHash } from 'node:crypto';
import type { PolicyReference, QuotaClaim } from '@4runr/contracts/decision';
import { type Policy, type PolicyQuota, parseWindowSeconds, whatIsCounted } from '@4runr/contracts/policy';

/** Of the hash in a key, in characters of base64url: 96 bits. */
const hashLength = 16;

/** The quotas that every allowed call of the scope takes of, whether or not the policy is what allowed it. */
export function compileQuotas(
  { quotas = [] }: Policy,
  policy: PolicyReference,
  scope: string,
): readonly QuotaClaim[] {
  return quotas
    .map((quota, index) => toClaim(quota, { policy, pointer: `/quotas/${index}` }))
    .filter((claim) => claim.scope === scope);
}

function toClaim(quota: PolicyQuota, of: Pick<QuotaClaim, 'policy' | 'pointer'>): QuotaClaim {
  const { scope, limit, window, algorithm = 'sliding', per = 'agent', cost = 'calls' } = quota;
  const windowSeconds = parseWindowSeconds(window);
  return { ...of, scope, limit, windowSeconds, algorithm, per, cost, key: keyOf(of.policy.name, quota) };
}

/** The same for as long as the same is counted: neither the limit nor the place in the document has a part in it. */
function keyOf(policyName: string, quota: PolicyQuota): string {
  const hash = createHash('sha256').update(whatIsCounted(quota)).digest('base64url');
  return `${policyName}:${hash.slice(0, hashLength)}`;
}
