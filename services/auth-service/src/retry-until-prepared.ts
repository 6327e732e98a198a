import { setTimeout as delay } from 'node:timers/promises';
import { toProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { DatabaseUnfitError, translateDatabaseError } from '@4runr/service-kit/postgres';

/** Between two attempts, in milliseconds. */
const retryDelayMs = 500;

/**
 * Prepares the service: at once if its parts are there, else in the background until they are, so that the order in which
 * the mesh starts does not matter and a database that comes back needs no restart.
 *
 * @throws what the first attempt failed of, unless only the database could not be reached
 */
export async function retryUntilPrepared(kit: Kit, prepare: () => Promise<void>): Promise<void> {
  const isDone = async () => {
    try {
      await prepare();
      return true;
    } catch (error) {
      if (error instanceof DatabaseUnfitError || translateDatabaseError(error) === undefined) throw error;
      kit.logger.warn({ err: toProblemError(error).cause ?? error }, 'the database cannot be prepared yet');
      return false;
    }
  };
  if (await isDone()) return;
  const stop = new AbortController();
  kit.onClose('preparation', () => stop.abort());
  void keepTrying(kit, isDone, stop.signal);
}

async function keepTrying(kit: Kit, isDone: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  try {
    do await delay(retryDelayMs, undefined, { signal });
    while (!(await isDone()));
    kit.logger.info('the database is prepared');
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
