import type { ServiceName } from '@4runr/contracts/mesh';
import { ConfigError, type LogLevel } from '../config/index.ts';
import { createLogger } from '../telemetry/index.ts';
import { type MigrateOptions, migrateToLatest } from './migrate.ts';
import { throwUnfit } from './refused-server.ts';

export interface MigrationRun extends Pick<MigrateOptions, 'migrations' | 'schema'> {
  readonly name: ServiceName;
  /** @throws ConfigError */
  readonly config: () => { readonly databaseUrl: string; readonly logLevel: LogLevel };
  /** What a schema needs besides, of a library that keeps tables in it. Repeating it must change nothing. */
  readonly also?: (url: string) => Promise<void>;
}

/**
 * Brings a service's schema to its newest migration, and ends the process: with 0 when it is there, else with 1. For Jobs that run
 * before a new version starts. Several at once take turns, and repeating it changes nothing.
 */
export async function runMigrations({ name, config, also, ...what }: MigrationRun): Promise<never> {
  try {
    const { databaseUrl: url, logLevel } = config();
    const applied = await migrateToLatest({ ...what, url }).catch(throwUnfit);
    await also?.(url);
    createLogger({ service: name, level: logLevel }).info(
      { schema: what.schema, applied },
      'the schema is up to date',
    );
    process.exit(0);
  } catch (error) {
    const message =
      error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${name} cannot be migrated: ${message}\n`);
    process.exit(1);
  }
}
