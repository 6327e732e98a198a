import type { CallRefusal } from '@4runr/contracts/audit';
import { callKeysOf } from './ledger-keys.ts';
import { redisScript, runScript, type ScriptRedis } from './redis-script.ts';
import { parseReply, refusalSchema } from './replies.ts';
import { closedSeconds } from './retention.ts';
import { settleRole } from './role-settlement.ts';
import { refuseScript } from './scripts/refuse.ts';

/** A call that came to its end without a decision. */
export interface Refusal {
  /** What is recorded; the clock of Redis says when. */
  readonly item: Omit<CallRefusal, 'at'>;
  /** Whether policy was asked: then there may be a decision after all, or be one yet. */
  readonly isAsked: boolean;
}

export interface RefusalRecorder {
  /**
   * Records the call, once; one that was decided all the same is settled, as never dispatched.
   *
   * @returns `dropped` where so much waits that there would soon be no room for decisions; `known` where the record of the
   * call is complete already
   * @throws what the client throws
   */
  record(refusal: Refusal): Promise<'recorded' | 'settled' | 'known' | 'dropped'>;
}

export interface RefusalRecorderOptions {
  /** Most items that may wait in one of the 16 audit streams. */
  readonly streamItemsMax: number;
}

/** Of a stream decisions alone may fill the rest: no agent brings the gateway to a halt by asking for what is not there. */
const shareForRefusals = 1 / 2;

const script = redisScript(refuseScript);

/** @param redis the state Redis, or a Redis Cluster */
export function createRefusalRecorder(
  redis: ScriptRedis,
  { streamItemsMax }: RefusalRecorderOptions,
): RefusalRecorder {
  return {
    async record({ item, isAsked }) {
      const { record, hold, stream } = callKeysOf(item.agent, item.id);
      const reply = await runScript(redis, script, {
        keys: [record, hold, stream],
        arguments: [
          // The script goes on where this text ends.
          JSON.stringify(item).slice(0, -1),
          String(streamItemsMax * shareForRefusals),
          isAsked ? '1' : '0',
          String(closedSeconds),
        ],
      });
      const [status, role] = parseReply(refusalSchema, reply);
      if (role !== '') await settleRole(redis, role, item.id, { isGivenBack: true, used: {} });
      return status;
    },
  };
}
