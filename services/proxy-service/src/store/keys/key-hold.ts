import { type RedisScript, redisScript } from '@4runr/decision-ledger';
import type { KeptOutcome, KeyHold } from '../../domain/keyed-call.ts';
import type { PersistentWriter } from '../persistent-writer.ts';
import { failClosed } from './fail-closed.ts';
import { dispatchScript, finishScript, releaseScript, renewScript } from './key-scripts.ts';
import {
  type KeyStoreOptions,
  leaseMs,
  renewalMs,
  reservedMs,
  shareForOutcomes,
} from './key-store-options.ts';
import { sealOutcome, unkept } from './outcome-sealer.ts';

/** One key's entry, as one call speaks of it. */
export interface HeldEntry {
  readonly callId: string;
  readonly secret: Buffer;
  run(script: RedisScript, rest: readonly string[]): Promise<unknown>;
}

const dispatch = redisScript(dispatchScript);
const renewal = redisScript(renewScript);
const finish = redisScript(finishScript);
const release = redisScript(releaseScript);

/** While the call is carried out the entry hears of it, so that nobody takes it for lost. */
export function holdOf(entry: HeldEntry, writer: PersistentWriter, options: KeyStoreOptions): KeyHold {
  const keptMs = String(options.keptSeconds * 1_000);
  let isEnded = false;
  let renewing: NodeJS.Timeout | undefined;
  const end = () => {
    isEnded = true;
    clearInterval(renewing);
  };
  const tell = () => void entry.run(renewal, [String(leaseMs), String(reservedMs)]).catch(() => {});
  const renew = () => {
    clearInterval(renewing);
    if (!isEnded) renewing = setInterval(tell, renewalMs).unref();
  };
  return {
    async dispatch() {
      const marked = entry.run(dispatch, [String(leaseMs), keptMs]);
      const isOurs = (await marked.catch(failClosed)) === 1;
      if (isOurs) renew();
      return isOurs;
    },
    renew,
    finish(outcome) {
      end();
      const rest = [...toKeep(outcome, entry.secret, options), keptMs];
      return writer.write(entry.callId, () => entry.run(finish, rest));
    },
    async release() {
      if (isEnded) return;
      end();
      await writer.write(entry.callId, () => entry.run(release, []));
    },
  };
}

/** As the script is told: what is kept, most bytes that it may lead to, and what is kept in its place beyond. Failures are short. */
function toKeep(
  outcome: KeptOutcome,
  secret: Buffer,
  { outcomeBytesMax, agentBytesMax }: KeyStoreOptions,
): string[] {
  const most = String(Math.floor(agentBytesMax * shareForOutcomes));
  switch (outcome.kind) {
    case 'completed':
      return [sealResult(outcome, secret, outcomeBytesMax) ?? unkept, most, unkept];
    case 'failed':
      return [sealOutcome(outcome, secret), most, ''];
    case 'unkept':
      return [unkept, most, ''];
  }
}

/** `undefined` of a result that is too long, or that no writer of JSON has the stack for. */
function sealResult(outcome: KeptOutcome, secret: Buffer, bytesMax: number): string | undefined {
  try {
    const sealed = sealOutcome(outcome, secret);
    return sealed.length <= bytesMax ? sealed : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
