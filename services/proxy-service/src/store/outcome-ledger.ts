import type { CallSettler } from '@4runr/decision-ledger';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { OutcomeLedger } from '../pipeline/settlement.ts';
import { createPersistentWriter } from './persistent-writer.ts';

/** @param settler what `settle` is tried with, several times where it fails */
export function createOutcomeLedger(
  kit: Pick<Kit, 'logger' | 'onClose'>,
  settler: CallSettler,
): OutcomeLedger {
  const writer = createPersistentWriter(kit, {
    name: 'outcomes',
    lost: 'what came of a call cannot be told',
    // A Redis that is started anew is back by then.
    pausesMs: [100, 400, 1_500],
  });
  return {
    settle: ({ outcome, consumption }) =>
      writer.write(outcome.id, () => settler.settle(outcome, consumption)),
  };
}
