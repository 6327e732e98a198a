import { auditStreams } from '@4runr/contracts/audit';
import { createEdgeClient, type Stack } from '@4runr/local-stack';
import { createClient, type RedisClientType } from '@redis/client';
import { Pool as Database } from 'pg';
import { Pool } from 'undici';
import { createOperator, type Operator } from '../measure/operator.ts';
import { untilSucceeds } from '../measure/outage.ts';

/** A mesh whose parts are killed, and the witnesses of what happened in it. */
export interface WatchedMesh {
  readonly operator: Operator;
  /** To the edge over plain HTTP; sends nothing again by itself. */
  readonly calls: Pool;
  /** The state Redis. */
  readonly redis: RedisClientType;
  /** The database, as its administrator. */
  readonly database: Database;
  readonly simulatorUrl: string;
  /** Replicas of policy-service, as they are now. */
  policyUrls(): readonly string[];
  /** Names of all parts. */
  readonly parts: readonly string[];
  /** Kills a part by SIGKILL; nothing happens to one that is not running. It is started again. */
  kill(part: string): void;
  /** Resolves when every part runs and the mesh can serve. */
  untilWhole(): Promise<void>;
  /** Resolves when nothing waits in the audit streams any more. */
  untilStored(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A part heals within five seconds, and what a dead replica has taken of the audit streams is taken over after five more, on a machine that
 * gives them cores; one that others use may take a minute for what takes a second of CPU.
 */
const healsWithinMs = 300_000;

/** @param connections of the calls: so many are under way at once */
export async function watchMesh(stack: Stack, connections: number): Promise<WatchedMesh> {
  const { edge: at, operator, redis: servers, postgres, simulator, parts } = stack.describe();
  const edge = createEdgeClient({ url: at.https, caFile: at.ca });
  const calls = new Pool(at.http, { connections, pipelining: 1 });
  const redis: RedisClientType = createClient({ url: servers.url });
  redis.on('error', () => {});
  await redis.connect();
  const database = new Database({ connectionString: postgres.url, max: 2 });
  database.on('error', () => {});
  const backlog = async () => {
    const lengths = await Promise.all(auditStreams.map(({ key }) => redis.xLen(key)));
    return lengths.reduce((sum, length) => sum + length, 0);
  };
  const succeeds = (attempt: () => Promise<boolean>) =>
    untilSucceeds(() => attempt().catch(() => false), healsWithinMs);
  return {
    operator: await createOperator(edge, operator),
    calls,
    redis,
    database,
    simulatorUrl: simulator?.url ?? '',
    policyUrls: () => (stack.describe().services['policy-service'] ?? []).map(({ url }) => url),
    parts: parts.map(({ name }) => name),
    kill(name) {
      const pid = stack.describe().parts.find((part) => part.name === name)?.pid;
      if (pid !== null && pid !== undefined) process.kill(pid, 'SIGKILL');
    },
    async untilWhole() {
      const unready = () => stack.describe().parts.filter(({ state }) => state !== 'ready');
      await succeeds(async () => unready().length === 0).catch((error: unknown) => {
        const names = unready().map(({ name, state }) => `${name}: ${state}`);
        throw new Error(`not ready: ${names.join(', ')}`, { cause: error });
      });
      await succeeds(async () => (await fetch(`${at.http}/ready`)).status === 200);
    },
    async untilStored() {
      await succeeds(async () => (await backlog()) === 0);
    },
    async close() {
      redis.destroy();
      await Promise.all([calls.close(), edge.close(), database.end()]);
    },
  };
}
