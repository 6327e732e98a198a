import { runMigrations } from '@4runr/service-kit/postgres';
import { migrations } from '../migrations/index.ts';
import { readMigrationConfig } from './config.ts';
import { schemaName } from './store/database-schema.ts';

await runMigrations({
  name: 'policy-service',
  config: readMigrationConfig,
  migrations,
  schema: schemaName,
});
