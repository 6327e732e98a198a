import { type Facts, factsSchema } from '@4runr/contracts/decision';
import { createTextSealer } from '@4runr/service-kit/sealing';
import type { SealFacts } from './decision-draft.ts';

/** Encrypts facts that may be personal for as long as the audit trail keeps them. */
export interface FactsSealer {
  readonly seal: SealFacts;
  /** @throws Error when it was sealed under an unknown key, for another call, or was tampered with */
  open(sealed: string, callId: string): Facts;
}

/**
 * Facts are bound to their call's id.
 *
 * @param key 32 bytes
 * @param accepted earlier keys that open what they have sealed
 */
export function createFactsSealer(key: Buffer, accepted: readonly Buffer[] = []): FactsSealer {
  const sealer = createTextSealer({ purpose: 'audit', key, accepted });
  return {
    seal: (facts, callId) => sealer.seal(JSON.stringify(facts), callId),
    open: (sealed, callId) => factsSchema.parse(JSON.parse(sealer.open(sealed, callId))),
  };
}
