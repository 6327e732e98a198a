import { runMigrations } from '@4runr/service-kit/postgres';
import { migrations } from '../migrations/index.ts';
import { readMigrationConfig } from './config.ts';
import { schemaName } from './store/jobs/database-schema.ts';
import { makeQueueTables } from './store/jobs/job-queue.ts';

await runMigrations({
  name: 'proxy-service',
  config: readMigrationConfig,
  migrations,
  schema: schemaName,
  also: makeQueueTables,
});
