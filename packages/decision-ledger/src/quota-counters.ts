import { quotaAlgorithmSchema, quotaCostSchema, quotaHolderSchema } from '@4runr/contracts/decision';
import * as z from 'zod';
import { countersKeyIn, countersKeyOf } from './ledger-keys.ts';
import { redisScript, runScript, type ScriptRedis } from './redis-script.ts';
import { counterReadingSchema, listingSchema, notingSchema, parseReply } from './replies.ts';
import { dueCountersScript, notedCounterScript, readCounterScript } from './scripts/compare.ts';

const listedSchema = z.object({
  key: z.string().min(1),
  per: quotaHolderSchema,
  algorithm: quotaAlgorithmSchema,
  cost: quotaCostSchema,
  windowMs: z.int().min(1),
  counts: z.string().min(1),
});

/** A count in the state Redis: of one quota, and of one agent or role. */
export interface QuotaCounter extends z.infer<typeof listedSchema> {
  /** Id of the agent, or the role. */
  readonly holder: string;
  /** As it is listed. */
  readonly text: string;
  /** When it began or was last compared, in milliseconds since the epoch. */
  readonly comparedMs: number;
}

/** What a count said. */
export interface CounterReading {
  /** When, in milliseconds since the epoch by the clock of Redis. */
  readonly atMs: number;
  /** Of a fixed window its beginning, of a sliding one the earliest that is counted, by `countedMs` of what was taken. */
  readonly sinceMs: number;
  /** Calls, tokens, or millionths of a US dollar. */
  readonly used: number;
}

/** The counts of quotas, as whoever compares them with the audit trail reads them. */
export interface QuotaCounters {
  /** Counts of one of the 16 partitions that were compared the longest ago, or never. */
  listDue(partition: number, limit: number): Promise<readonly QuotaCounter[]>;
  read(counter: QuotaCounter): Promise<CounterReading>;
  /** @param options.isMissed whether something should be there, so that it stays listed though it has gone */
  noteCompared(counter: QuotaCounter, options: { atMs: number; isMissed: boolean }): Promise<void>;
}

export interface QuotaCountersOptions {
  /** Milliseconds since the epoch, for tests alone: else the clock of Redis counts. */
  readonly nowMs?: (() => number) | undefined;
}

const listDue = redisScript(dueCountersScript);
const read = redisScript(readCounterScript);
const note = redisScript(notedCounterScript);

/** @param redis the state Redis, or a Redis Cluster */
export function createQuotaCounters(redis: ScriptRedis, { nowMs }: QuotaCountersOptions = {}): QuotaCounters {
  return {
    async listDue(partition, limit) {
      const keys = [countersKeyIn(partition)];
      const reply = await runScript(redis, listDue, { keys, arguments: [String(limit)] });
      return inPairs(parseReply(listingSchema, reply)).map(toCounter);
    },
    async read({ counts, algorithm, windowMs }) {
      const reply = await runScript(redis, read, {
        keys: [counts, `${counts}:entries`],
        arguments: [nowMs === undefined ? '' : String(nowMs()), algorithm, String(windowMs)],
      });
      const [atMs, sinceMs, used] = parseReply(counterReadingSchema, reply);
      return { atMs, sinceMs, used };
    },
    async noteCompared({ text, holder, counts }, { atMs, isMissed }) {
      const reply = await runScript(redis, note, {
        keys: [countersKeyOf(holder), counts],
        arguments: [text, String(atMs), isMissed ? '0' : '1'],
      });
      parseReply(notingSchema, reply);
    },
  };
}

/** The holder stands in the key, between what is the same for all and the name of the quota. */
function toCounter([text, score]: readonly [string, string]): QuotaCounter {
  const listed = listedSchema.parse(JSON.parse(text));
  const { counts, per, key } = listed;
  const prefix = `:quota:${per}:`;
  const holder = counts.slice(counts.indexOf(prefix) + prefix.length, -(key.length + 1));
  return { ...listed, holder, text, comparedMs: Number(score) };
}

function inPairs(texts: readonly string[]): [string, string][] {
  return texts.flatMap((text, at) => (at % 2 === 0 ? [[text, texts[at + 1] ?? '']] : []));
}
