import { ConfigError } from '@4runr/service-kit/config';
import { ProblemError } from '@4runr/service-kit/errors';
import { translateDatabaseError } from '@4runr/service-kit/postgres';
import { UnsealError } from '../store/key-sealer.ts';
import { UsageError } from './usage-error.ts';

/** SQLSTATE: a table or a column that is not there. */
const notPrepared = new Set(['42P01', '42703', '3F000']);

/** What a command is about. */
export interface CommandSubject {
  /** What it looks for in the database: `signing keys`. */
  readonly things: string;
  readonly usage: string;
}

/** What somebody at a terminal can do something about, in a sentence; a stack trace only of what nobody has foreseen. */
export function explainFailure(error: unknown, { things, usage }: CommandSubject): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  if (error instanceof ConfigError || error instanceof UnsealError) return error.message;
  if (error instanceof ProblemError && error.status < 500) return error.detail ?? error.message;
  const { code } = error as { code?: string };
  if (error instanceof RangeError || notPrepared.has(code ?? ''))
    return `The database has no ${things} of this version yet: start auth-service, which prepares it.`;
  if (translateDatabaseError(error) !== undefined)
    return `Postgres (DATABASE_URL) cannot be reached: ${error.message || (code ?? error.name)}`;
  return error.stack ?? error.message;
}
