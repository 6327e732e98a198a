import { type CallOutcome, toAuditMessage } from '@4runr/contracts/audit';
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
  settle(outcome: CallOutcome, consumption: Consumption): Promise<'settled' | 'repeated'>;
}

const script = redisScript(settleScript);

/** @param redis the state Redis, or a Redis Cluster */
export function createCallSettler(redis: ScriptRedis): CallSettler {
  return {
    async settle(outcome, consumption) {
      const { record, hold, stream } = callKeysOf(outcome.agent, outcome.id);
      const reply = await runScript(redis, script, {
        keys: [record, hold, stream],
        arguments: [toAuditMessage(outcome).item, String(closedSeconds), ...toArguments(consumption)],
      });
      const [status, role] = parseReply(settlementSchema, reply);
      // Also when it is repeated: whoever settled first may not have come this far.
      if (role !== '') await settleRole(redis, role, outcome.id, consumption);
      return status;
    },
  };
}
