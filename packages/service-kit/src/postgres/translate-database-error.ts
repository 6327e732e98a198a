import { ProblemError } from '../errors/index.ts';
import { DatabaseUnfitError } from './database-unfit-error.ts';
import { isRefusedServer } from './refused-server.ts';

/** Socket errors, and what pg says when a connection or an answer cannot be had in time. */
const unavailable = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT']);
const unavailableMessage =
  /timeout|Connection terminated|connection error|driver has already been destroyed/i;
/**
 * SQLSTATE classes: connection exception, authorization (a password that is being changed), transaction rollback, insufficient
 * resources, operator intervention; and a lock that others hold.
 */
const unavailableState = /^(08|28|40|53|57|55P03)/;
/** SQLSTATE: characters that Postgres cannot hold in text, NUL first of all. */
const unstorableText = new Set(['22021', '22P05']);

/**
 * A database that cannot be reached, that cannot be used as it is or is too busy is `service.unavailable`, text that it cannot hold `request.invalid`; what
 * else a statement did wrong stays unforeseen.
 */
export function translateDatabaseError(error: unknown): ProblemError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = String((error as { code?: unknown }).code ?? '');
  if (unstorableText.has(code)) {
    return new ProblemError('request.invalid', {
      detail: 'Text must not hold NUL characters.',
      cause: error,
    });
  }
  const isUnavailable =
    unavailable.has(code) ||
    error instanceof DatabaseUnfitError ||
    isRefusedServer(error) ||
    (/^[0-9A-Z]{5}$/.test(code) && unavailableState.test(code)) ||
    (code === '' && unavailableMessage.test(error.message));
  if (!isUnavailable) return undefined;
  return new ProblemError('service.unavailable', { cause: error, headers: { 'Retry-After': '1' } });
}
