import { type AuditItem, auditStreamKeyOf, toAuditMessage } from '@4runr/contracts/audit';
import type { Redis } from '../redis/index.ts';

export interface AppendedItems<T> {
  /** Those that are in the trail now. Of the others some may be: their readers take each once, by its id. */
  readonly appended: readonly T[];
  /** Why some are not; `undefined` where all are. */
  readonly failure: unknown;
}

/**
 * The way into the audit trail: streams in the state Redis that policy-service empties. They may lie on different nodes of a Redis
 * Cluster, so that some can be written while others cannot.
 */
export interface AuditTrail {
  append<T extends AuditItem & { readonly operator: string }>(items: readonly T[]): Promise<AppendedItems<T>>;
}

export function createAuditTrail(redis: Redis): AuditTrail {
  return {
    async append(items) {
      // Written together, they reach a server in one packet and in this order.
      const results = await Promise.allSettled(
        items.map((item) => redis.xAdd(auditStreamKeyOf(item.operator), '*', toAuditMessage(item))),
      );
      return {
        appended: items.filter((_, index) => results[index]?.status === 'fulfilled'),
        failure: results.find((result) => result.status === 'rejected')?.reason,
      };
    },
  };
}
