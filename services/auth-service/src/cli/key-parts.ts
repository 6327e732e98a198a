import { createKit } from '@4runr/service-kit/lifecycle';
import { createDatabase } from '@4runr/service-kit/postgres';
import type { AuthConfig } from '../config.ts';
import { rotationRules } from '../rotation-rules.ts';
import { type AuthSchema, schemaName } from '../store/database-schema.ts';
import { createKeySealer } from '../store/key-sealer.ts';
import type { RotationParts } from '../store/rotate-signing-keys.ts';

/** Lends a command what it works with, by the service's settings. Its logs are its output: the parts themselves are silent. */
export async function withKeyParts<T>(
  config: AuthConfig,
  use: (parts: RotationParts) => Promise<T>,
): Promise<T> {
  const { kit, closeAll } = createKit('auth-service', { ...config, logLevel: 'silent', otlpEndpoint: '' });
  try {
    const database = createDatabase<AuthSchema>(kit, { url: config.databaseUrl, poolMax: 2 });
    return await use({
      database: database.withSchema(schemaName),
      sealer: createKeySealer(config.kek, config.acceptedKeks),
      rules: rotationRules(config),
    });
  } finally {
    await closeAll();
  }
}
