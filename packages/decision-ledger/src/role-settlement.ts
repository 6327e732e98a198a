import { roleHoldKeyOf } from './ledger-keys.ts';
import { redisScript, runScript, type ScriptRedis } from './redis-script.ts';
import { closedRoleSeconds } from './retention.ts';
import { settleRoleScript } from './scripts/settle.ts';

/** What a call really used of what it took. */
export interface Usage {
  readonly tokens?: number | undefined;
  /** Millionths of a US dollar. */
  readonly usdMicros?: number | undefined;
}

export interface Consumption {
  /** Whether everything is given back: the call was never dispatched, or refused later. */
  readonly isGivenBack: boolean;
  /** What of a cost is unknown stays as it was taken. */
  readonly used: Usage;
}

const script = redisScript(settleRoleScript);

/** Settles, once, what a call took of the quotas of its role. */
export async function settleRole(
  redis: ScriptRedis,
  role: string,
  callId: string,
  consumption: Consumption,
): Promise<void> {
  await runScript(redis, script, {
    keys: [roleHoldKeyOf(role, callId)],
    arguments: [String(closedRoleSeconds), ...toArguments(consumption)],
  });
}

/** As the scripts of settlement read it. */
export function toArguments({ isGivenBack, used }: Consumption): string[] {
  return [isGivenBack ? '1' : '0', amountText(used.tokens), amountText(used.usdMicros)];
}

/** @throws RangeError for an amount that is none */
function amountText(amount: number | undefined): string {
  if (amount === undefined) return '';
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`not an amount: ${amount}`);
  return String(amount);
}
