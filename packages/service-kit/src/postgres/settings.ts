import { flag, setting } from '../config/index.ts';

/** What every service with a schema of its own is told about it, beside where it is. */
export const schemaSettings = {
  migratesAtStart: setting('MIGRATIONS_AT_START', flag(), {
    default: 'on',
    about:
      '`off` leaves migrations to `node src/migrate.ts`, run before; the service then refuses to start on a schema that is too old',
  }),
};
