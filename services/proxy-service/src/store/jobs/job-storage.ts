import type { Kit } from '@4runr/service-kit/lifecycle';
import { onceDone, within } from '@4runr/service-kit/lifecycle';
import {
  createDatabase,
  DatabaseUnfitError,
  ensureSchema,
  translateDatabaseError,
  verdictWithinMs,
} from '@4runr/service-kit/postgres';
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
   * A first look at the database; one that cannot be reached is no reason not to start.
   *
   * @throws DatabaseUnfitError
   */
  lookOnce(): Promise<void>;
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
  /** Asked for each new connection. */
  readonly url: () => string;
  readonly migratesAtStart: boolean;
  /** 32 bytes; and earlier ones, which open what they have sealed. */
  readonly key: Buffer;
  readonly acceptedKeys: readonly Buffer[];
  readonly keptSeconds: number;
}

/** How long somebody waits until the database is as it has to be, in milliseconds; the work on that goes on. */
const preparedWithinMs = 3_000;

/** Longest wait for migrations at the start, in milliseconds; they go on afterwards. */
const firstLookMs = 2_000;

export function createJobStorage(
  kit: Kit,
  { url, migratesAtStart, key, acceptedKeys, keptSeconds }: JobStorageOptions,
): JobStorage {
  const database = createDatabase<ProxySchema>(kit, { url }).withSchema(schemaName);
  const queue = createJobQueue(kit, { url, migrates: migratesAtStart });
  const prepare = onceDone(async () => {
    await ensureSchema({ url: url(), migrations, schema: schemaName, migratesAtStart });
    await queue.prepare();
  });
  return {
    queue,
    sealer: createJobSealer(createTextSealer({ purpose: 'jobs', key, accepted: acceptedKeys })),
    async lookOnce() {
      await within(migratesAtStart ? firstLookMs : verdictWithinMs, prepare).catch((error: unknown) => {
        if (error instanceof DatabaseUnfitError) throw error;
      });
    },
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
