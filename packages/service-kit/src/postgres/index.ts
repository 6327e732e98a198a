export { clientAt, createDatabase, type DatabaseOptions } from './database.ts';
export { DatabaseUnfitError } from './database-unfit-error.ts';
export { ensureSchema, type SchemaOptions, verdictWithinMs } from './ensure-schema.ts';
export { type MigrateOptions, migrateToLatest } from './migrate.ts';
export { type MigrationRun, runMigrations } from './run-migrations.ts';
export { schemaSettings } from './settings.ts';
export { translateDatabaseError } from './translate-database-error.ts';
