import type { CallOutcome, QuotaSettlement } from '@4runr/contracts/audit';
import { callKeysOf } from './ledger-keys.ts';
import { redisScript, runScript, type ScriptRedis } from './redis-script.ts';
import { parseReply, settlementSchema } from './replies.ts';
import { closedSeconds } from './retention.ts';
import { type Consumption, settleRole, toArguments } from './role-settlement.ts';
import { settleScript } from './scripts/settle.ts';

export interface CallSettler {
  /**
   * Says what came of an allowed call: records the outcome, and gives back or counts what it took, in the window that it took
   * it of. Only the first time counts for a call's id.
   *
   * @throws what the client throws: then it may be tried again
   */
  settle(outcome: Omit<CallOutcome, 'settlement'>, consumption: Consumption): Promise<'settled' | 'repeated'>;
}

const script = redisScript(settleScript);

export interface CallSettlerOptions {
  /** Milliseconds since the epoch, for tests alone: else the clock of Redis counts. */
  readonly nowMs?: (() => number) | undefined;
}

/** @param redis the state Redis, or a Redis Cluster */
export function createCallSettler(redis: ScriptRedis, { nowMs }: CallSettlerOptions = {}): CallSettler {
  return {
    async settle(outcome, consumption) {
      const { record, hold, stream } = callKeysOf(outcome.agent, outcome.id);
      const reply = await runScript(redis, script, {
        keys: [record, hold, stream],
        arguments: [
          // The script goes on where this text ends.
          JSON.stringify(outcome).slice(0, -1),
          String(closedSeconds),
          ...toArguments(consumption),
          nowMs === undefined ? '' : String(nowMs()),
          settlementText(consumption),
        ],
      });
      const [status, role] = parseReply(settlementSchema, reply);
      // Also when it is repeated: whoever settled first may not have come this far.
      if (role !== '') await settleRole(redis, role, outcome.id, consumption);
      return status;
    },
  };
}

/** What the outcome says of it where the call holds something; the script adds when. Nothing where nothing changes. */
function settlementText({ isGivenBack, used: { tokens, usdMicros } }: Consumption): string {
  const used = {
    ...(tokens === undefined ? {} : { tokens }),
    ...(usdMicros === undefined ? {} : { usdMicros }),
  };
  const settlement: Omit<QuotaSettlement, 'atMs'> = isGivenBack ? { givenBack: true } : { used };
  if (!isGivenBack && Object.keys(used).length === 0) return '';
  return `,"settlement":${JSON.stringify(settlement).slice(0, -1)}`;
}
