/**
 * The database is there and cannot be used as it is: waiting mends nothing, so that a service refuses to start. The message says what is
 * to be done.
 */
export class DatabaseUnfitError extends Error {
  override readonly name = 'DatabaseUnfitError';
}
