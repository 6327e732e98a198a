import { createHmac } from 'node:crypto';

/** What clients put into their proofs to show that these were made lately (RFC 9449 section 8). */
export interface DpopNonces {
  /** The one to hand out now. @param memoryId of the memory in which proofs are used up */
  current(memoryId: string): string;
  /** Whether it was handed out lately, by whichever replica, in the same memory. */
  isAccepted(nonce: string, memoryId: string): boolean;
}

/** A nonce is handed out for so long, in seconds. */
export const nonceStepSeconds = 60;

/** Steps back from which a nonce is still taken: it serves for four to five minutes. */
const acceptedStepsBack = 4;

interface Step {
  readonly step: number;
  readonly memoryId: string;
  readonly current: string;
  readonly accepted: ReadonlySet<string>;
}

/**
 * Nonces that no replica has to remember: each is an HMAC of the minute in which it is handed out, the same on every
 * replica that holds the secret and known to nobody before that minute. One from the minute ahead is taken too, since
 * clocks of replicas differ. What was handed out before used proofs were forgotten is no nonce any more, so that none of
 * those proofs serves again.
 *
 * @param secret 32 bytes that every service of the gateway is given
 * @param clock milliseconds since the epoch
 */
export function createDpopNonces(secret: Buffer, clock: () => number = Date.now): DpopNonces {
  let held: Step | undefined;

  function stepAt(step: number, memoryId: string): Step {
    const nonceOf = (of: number) => macOf(secret, of, memoryId);
    const others = Array.from({ length: acceptedStepsBack }, (_, back) => nonceOf(step - 1 - back));
    const current = nonceOf(step);
    return { step, memoryId, current, accepted: new Set([current, nonceOf(step + 1), ...others]) };
  }
  function now(memoryId: string): Step {
    const step = Math.floor(clock() / 1_000 / nonceStepSeconds);
    if (held?.step !== step || held.memoryId !== memoryId) held = stepAt(step, memoryId);
    return held;
  }
  return {
    current: (memoryId) => now(memoryId).current,
    isAccepted: (nonce, memoryId) => now(memoryId).accepted.has(nonce),
  };
}

/** 128 bits are enough for what lives for minutes. */
function macOf(secret: Buffer, step: number, memoryId: string): string {
  return createHmac('sha256', secret)
    .update(`4runr dpop nonce\0${step}\0${memoryId}`)
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}
