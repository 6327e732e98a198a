import type { Kit } from '@4runr/service-kit/lifecycle';
import { onceDone, within } from '@4runr/service-kit/lifecycle';
import { createDatabase, migrateToLatest, translateDatabaseError } from '@4runr/service-kit/postgres';
import { createTextSealer } from '@4runr/service-kit/sealing';
import { type RawBuilder, sql } from 'kysely';
import { migrations } from '../../../migrations/index.ts';
import { type ProxyDatabase, type ProxySchema, schemaName } from './database-schema.ts';
import { createJobQueue, type JobQueue } from './job-queue.ts';
import { createJobSealer, type JobSealer } from './job-sealer.ts';

/** What all that has to do with stored jobs has in common. */
export interface JobStorage {
  readonly queue: JobQueue;
  readonly sealer: JobSealer;
  /**
   * Does the work once the database is as it has to be; as long as it is not, that is tried each time.
   *
   * @throws ProblemError `service.unavailable` where it cannot be reached
   */
  whenPrepared<T>(work: (database: ProxyDatabase) => Promise<T>): Promise<T>;
  /** What an update sets of a job that ends now. */
  expiry(): { expires_at: RawBuilder<Date> };
}

export interface JobStorageOptions {
  readonly url: string;
  /** 32 bytes; and earlier ones, which open what they have sealed. */
  readonly key: Buffer;
  readonly acceptedKeys: readonly Buffer[];
  readonly keptSeconds: number;
}

/** How long somebody waits until the database is as it has to be, in milliseconds; the work on that goes on. */
const preparedWithinMs = 3_000;

export function createJobStorage(
  kit: Kit,
  { url, key, acceptedKeys, keptSeconds }: JobStorageOptions,
): JobStorage {
  const database = createDatabase<ProxySchema>(kit, { url }).withSchema(schemaName);
  const queue = createJobQueue(kit, url);
  const prepare = onceDone(async () => {
    await migrateToLatest({ url, migrations, schema: schemaName });
    await queue.prepare();
  });
  return {
    queue,
    sealer: createJobSealer(createTextSealer({ purpose: 'jobs', key, accepted: acceptedKeys })),
    async whenPrepared(work) {
      try {
        await within(preparedWithinMs, prepare);
        return await work(database);
      } catch (error) {
        throw translateDatabaseError(error) ?? error;
      }
    },
    expiry: () => ({ expires_at: sql<Date>`now() + make_interval(secs => ${keptSeconds})` }),
  };
}
