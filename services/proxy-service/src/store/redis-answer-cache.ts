import { randomUUID } from 'node:crypto';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Redis } from '@4runr/service-kit/redis';
import type { AnswerCache, AnswerPlace, CacheReading } from '../domain/cache/kept-answer.ts';
import { readAnswer, writeAnswer } from './answer-text.ts';
import type { CacheGate } from './cache-gate.ts';

/** Key of what stands for all answers of a tool: another value makes them all void, on every replica at once. */
export function generationKeyOf(tool: string): string {
  return `cache:generation:${tool}`;
}

/** Key of one answer. */
export function answerKeyOf({ identity }: AnswerPlace): string {
  return `cache:answer:${identity}`;
}

export interface RedisAnswerCacheParts {
  /** May evict whatever it likes, generations too: then their answers are gone as well. */
  readonly redis: Redis;
  readonly gate: CacheGate;
  /** Longest answer that is kept, in bytes of its JSON. */
  readonly entryBytesMax: number;
}

export function createRedisAnswerCache(
  kit: Pick<Kit, 'onClose'>,
  { redis, gate, entryBytesMax }: RedisAnswerCacheParts,
): AnswerCache {
  const pending = new Set<Promise<unknown>>();
  kit.onClose('kept answers', async () => void (await Promise.all(pending)));

  /** Of the tool; the first who asks for one makes it. */
  async function makeGeneration(tool: string): Promise<string> {
    const key = generationKeyOf(tool);
    const [, generation] = await Promise.all([
      redis.set(key, randomUUID(), { condition: 'NX' }),
      redis.get(key),
    ]);
    if (generation === null) throw new Error('the generation of a tool was evicted as it was made');
    return generation;
  }

  async function ask(place: AnswerPlace): Promise<CacheReading> {
    // Written together, they are one exchange.
    const [known, text] = await Promise.all([
      redis.get(generationKeyOf(place.tool)),
      redis.get(answerKeyOf(place)),
    ]);
    const generation = known ?? (await makeGeneration(place.tool));
    const answer = text === null ? undefined : await readAnswer(text, entryBytesMax);
    return { generation, kept: answer?.generation === generation ? answer : undefined };
  }

  return {
    read: (place) => gate.pass(() => ask(place)),
    keep(place, { unfiltered, askedAtMs }, { generation, seconds }) {
      const json = toJson(unfiltered);
      if (json === undefined || Buffer.byteLength(json) > entryBytesMax) return { kind: 'too_large' };
      if (!gate.isOpen()) return { kind: 'unavailable' };
      const written = gate
        .pass(async () => {
          const text = await writeAnswer(json, { generation, askedAtMs });
          return redis.set(answerKeyOf(place), text, { expiration: { type: 'EX', value: seconds } });
        })
        .finally(() => pending.delete(written));
      pending.add(written);
      return { kind: 'kept', written };
    },
  };
}

/** `undefined` of what no writer of JSON has the stack for. */
function toJson(answer: unknown): string | undefined {
  try {
    return JSON.stringify(answer);
  } catch {
    return undefined;
  }
}
