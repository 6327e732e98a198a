import { startPatientTimer } from '../timers/patient-timer.ts';

/** A signal that fires when the time is up or the caller has gone, and knows which it was. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Why the signal fired; `undefined` while it has not. */
  reason(): 'timeout' | 'aborted' | undefined;
  /** Must be called when the work is done, so that no timer or listener is left. */
  clear(): void;
}

/** Starts a deadline of `timeoutMs`; `caller` ends it earlier. One timer and one listener, cheaper than `AbortSignal.any`. */
export function startDeadline(timeoutMs: number, caller?: AbortSignal): Deadline {
  const controller = new AbortController();
  let reason: 'timeout' | 'aborted' | undefined;
  const end = (why: 'timeout' | 'aborted') => {
    reason ??= why;
    controller.abort();
  };
  const timer = startPatientTimer(() => end('timeout'), timeoutMs);
  const onAbort = () => end('aborted');
  if (caller?.aborted === true) onAbort();
  caller?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    reason: () => reason,
    clear: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onAbort);
    },
  };
}
