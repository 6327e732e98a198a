import { type AuditItem, auditStreamKeyOf, toAuditMessage } from '@4runr/contracts/audit';
import type { Redis } from '../redis/index.ts';

/** The way into the audit trail: streams in the state Redis that policy-service empties. */
export interface AuditTrail {
  /** Appends items in their order. Some may be there when it rejects: their readers take each once, by its id. */
  append(items: readonly (AuditItem & { readonly operator: string })[]): Promise<void>;
}

export function createAuditTrail(redis: Redis): AuditTrail {
  return {
    async append(items) {
      // Written together, they reach Redis in one packet and in this order.
      await Promise.all(
        items.map((item) => redis.xAdd(auditStreamKeyOf(item.operator), '*', toAuditMessage(item))),
      );
    },
  };
}
