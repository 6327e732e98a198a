import { setTimeout as delay } from 'node:timers/promises';
import { partitionCount } from '@4runr/contracts/partition';
import { createQuotaCounters } from '@4runr/decision-ledger';
import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { Redis } from '@4runr/service-kit/redis';
import type { PolicyConfig } from './config.ts';
import type { AuditRetention } from './domain/audit-retention.ts';
import { type ComparedCounter, createQuotaComparison } from './domain/quota-comparison.ts';
import { createQuotaMetrics } from './quota-metrics.ts';
import type { PolicyDatabase } from './store/database-schema.ts';
import type { RedisAuditInbox } from './store/redis-audit-inbox.ts';
import { createTurn } from './store/redis-turn.ts';
import { sumQuotaUsage } from './store/sum-quota-usage.ts';

/** Counts of each of the 16 partitions that one round compares. */
const partitionCounters = 64;
/** Calls that one round looks at, and once more for counts that differ. */
const callsMax = 200_000;
/** Another replica compares when the one that did has not for so many pauses. */
const missedRounds = 3;
/** Between two looks at how far the trail is stored, and longest wait, in milliseconds. */
const storedPollMs = 200;
const storedWithinMs = 15_000;

export interface QuotaComparisonService {
  readonly database: PolicyDatabase;
  readonly redis: Redis;
  readonly inbox: RedisAuditInbox;
  readonly retention: AuditRetention;
  /** A name that no other replica has or ever had. */
  readonly replica: string;
  /** Brings the database to where the trail can be read. */
  readonly prepare: () => Promise<void>;
}

/** Compares counts of quotas with the audit trail, one replica at a time, until the service stops. */
export function compareQuotas(kit: Kit<PolicyConfig>, parts: QuotaComparisonService): void {
  const { database, redis, inbox, retention, replica, prepare } = parts;
  const pauseMs = kit.config.quotaComparisonSeconds * 1_000;
  const counters = createQuotaCounters(redis);
  const metrics = createQuotaMetrics(kit.metrics);
  const log = createDriftLog(kit);
  const isOurTurn = createTurn(redis, {
    key: '{p0}:quota-comparison',
    replica,
    heldMs: missedRounds * pauseMs,
  });
  const round = createQuotaComparison({
    counters,
    listDue: async () => {
      const partitions = Array.from({ length: partitionCount }, (_, partition) => partition);
      return (
        await Promise.all(partitions.map((partition) => counters.listDue(partition, partitionCounters)))
      ).flat();
    },
    sumUsage: async (counter, reading, most) => {
      if (!retention.isKept(reading.sinceMs)) return { calls: 0, usage: 'dropped' };
      return sumQuotaUsage(database, { counter, reading, callsMax: most });
    },
    untilStored: (atMs) => untilStored(kit, inbox, atMs),
    callsMax,
    onCompared: (compared) => {
      metrics.recordCompared(compared);
      log(compared);
    },
  });
  repeatUntilClosed(kit, {
    name: 'comparison of quotas with the audit trail',
    everyMs: pauseMs,
    async run() {
      if (!(await isOurTurn())) return metrics.forget();
      await prepare();
      const startedAt = Date.now();
      await round();
      metrics.recordRound(startedAt);
    },
  });
}

/** The trail lags behind while Postgres is away: the round fails, and the next one tries again. */
async function untilStored(kit: Kit, inbox: RedisAuditInbox, atMs: number): Promise<boolean> {
  const until = performance.now() + storedWithinMs;
  while ((await inbox.storedUntilMs()) <= atMs) {
    if (kit.isDraining()) return false;
    if (performance.now() > until) throw new Error('the audit trail lags behind');
    await delay(storedPollMs);
  }
  return true;
}

/** One line when a count begins to differ, or differs otherwise, and one when it is as it should be again. */
function createDriftLog({ logger }: Kit): (compared: ComparedCounter) => void {
  const known = new Map<string, number>();
  return (compared) => {
    const { counter, result } = compared;
    const { text, key: quota, per, holder, cost, windowMs } = counter;
    const told = known.get(text);
    const fields = { quota, per, holder, cost, windowMs };
    if (result === 'different') {
      const { difference } = compared;
      known.set(text, difference);
      if (difference !== told) {
        logger.error({ ...fields, difference }, 'a quota counts otherwise than the audit trail tells');
      }
    } else if (result === 'same' && known.delete(text)) {
      logger.info(fields, 'a quota counts as the audit trail tells again');
    }
  };
}
