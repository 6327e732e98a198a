import { setTimeout as delay } from 'node:timers/promises';
import { ProblemError } from '@4runr/service-kit/errors';
import { createKit } from '@4runr/service-kit/lifecycle';
import { createDatabase } from '@4runr/service-kit/postgres';
import { createRedis } from '@4runr/service-kit/redis';
import type { AuthConfig } from '../config.ts';
import type { OperatorStore } from '../domain/operator.ts';
import type { RevocationPublisher } from '../domain/revocation-publisher.ts';
import { type AuthSchema, schemaName } from '../store/database-schema.ts';
import { createOperatorStore } from '../store/postgres-operator-store.ts';
import { createPublishedRevocations } from '../store/redis-revocations.ts';
import { createRevocationPublisher } from '../store/revocation-publisher.ts';

/** What the commands over operators work with. */
export interface OperatorParts {
  readonly operators: OperatorStore;
  /**
   * Makes what was revoked of an operator known.
   *
   * @returns whether it is; if not, it will be once a replica of the service reaches Postgres and Redis
   */
  readonly publish: (sub: string) => Promise<boolean>;
}

/** Lends a command what it works with, by the service's settings. Its logs are its output: the parts themselves are silent. */
export async function withOperatorParts<T>(
  config: AuthConfig,
  use: (parts: OperatorParts) => Promise<T>,
): Promise<T> {
  const { kit, closeAll } = createKit('auth-service', { ...config, logLevel: 'silent', otlpEndpoint: '' });
  try {
    const database = createDatabase<AuthSchema>(kit, { url: config.databaseUrl, poolMax: 2 }).withSchema(
      schemaName,
    );
    const published = createPublishedRevocations(createRedis(kit, { url: config.redisUrl }));
    const revocations = createRevocationPublisher({ database, published });
    return await use({
      operators: createOperatorStore(database),
      publish: (sub) => publishPatiently(revocations, sub),
    });
  } finally {
    await closeAll();
  }
}

/** Longest that a command waits for Redis, in milliseconds: the connection was only just begun. */
const patienceMs = 3_000;

async function publishPatiently(revocations: RevocationPublisher, sub: string): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await revocations.publish(sub);
      return true;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'service.unavailable') throw error;
      if (performance.now() > deadline) return false;
      await delay(100);
    }
  }
}
