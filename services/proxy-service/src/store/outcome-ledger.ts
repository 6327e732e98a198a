import { setTimeout as delay } from 'node:timers/promises';
import type { CallSettler } from '@4runr/decision-ledger';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { OutcomeLedger, Settlement } from '../pipeline/settlement.ts';

/** Pauses before further attempts, in milliseconds: a Redis that is started anew is back by then. */
const pausesMs = [100, 400, 1_500];

/** Most settlements that are tried again at once: beyond it they are given up. */
const retriedMax = 10_000;

/** @param settler what `settle` is tried with, several times where it fails */
export function createOutcomeLedger(
  kit: Pick<Kit, 'logger' | 'onClose'>,
  settler: CallSettler,
): OutcomeLedger {
  const pending = new Set<Promise<void>>();
  const closing = new AbortController();
  let retried = 0;

  async function retry({ outcome, consumption }: Settlement, cause: unknown): Promise<void> {
    let error = cause;
    retried += 1;
    for (const pauseMs of retried > retriedMax ? [] : pausesMs) {
      // When the service stops there is no time to wait.
      await delay(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      try {
        await settler.settle(outcome, consumption);
        retried -= 1;
        return;
      } catch (failure) {
        error = failure;
      }
    }
    retried -= 1;
    kit.logger.error({ err: error, call_id: outcome.id }, 'what came of a call cannot be told');
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => pending.delete(tracked));
    pending.add(tracked);
  }

  kit.onClose('outcomes', async () => {
    closing.abort();
    await Promise.all(pending);
  });

  return {
    settle(settlement) {
      const { outcome, consumption } = settlement;
      const told = settler.settle(outcome, consumption).then(
        () => {},
        (error: unknown) => track(retry(settlement, error)),
      );
      track(told);
      return told;
    },
  };
}
