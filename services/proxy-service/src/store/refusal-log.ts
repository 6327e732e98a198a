import type { RefusalRecorder } from '@4runr/decision-ledger';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Counter } from '@4runr/service-kit/telemetry';
import type { RefusalLog } from '../pipeline/refusal.ts';

/**
 * Best effort: a refusal is tried to be recorded once, while it is answered.
 *
 * @param dropped counts those that are not: `backlog` where too much waits in the audit stream, `unavailable` where the state
 * Redis does not answer
 */
export function createRefusalLog(
  kit: Pick<Kit, 'onClose'>,
  recorder: RefusalRecorder,
  dropped: Pick<Counter<'reason'>, 'inc'>,
): RefusalLog {
  const pending = new Set<Promise<void>>();
  kit.onClose('refusals', async () => void (await Promise.all(pending)));
  return {
    record(refusal) {
      const recording = recorder.record(refusal).then(
        (status) => {
          if (status === 'dropped') dropped.inc({ reason: 'backlog' });
        },
        () => dropped.inc({ reason: 'unavailable' }),
      );
      const tracked = recording.finally(() => pending.delete(tracked));
      pending.add(tracked);
    },
  };
}
