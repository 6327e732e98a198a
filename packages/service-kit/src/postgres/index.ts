export { createDatabase, type DatabaseOptions } from './database.ts';
export { type MigrateOptions, migrateToLatest } from './migrate.ts';
export { translateDatabaseError } from './translate-database-error.ts';
