import type { CounterReading, QuotaCounter, QuotaCounters } from '@4runr/decision-ledger';

/**
 * What a count should say by the audit trail, between these two: of what happened in the moment that it was read, or was under
 * way then, it is not known on which side of it. At other times they are one.
 */
export interface TrailUsage {
  readonly least: number;
  readonly most: number;
}

export interface TrailSum {
  /** Calls that were looked at. */
  readonly calls: number;
  /** Not known where there are more calls than may be looked at, and where some of them are not kept any more. */
  readonly usage: TrailUsage | 'more' | 'dropped';
}

/** How a count compares with the trail; `difference` is above zero where it counts more than the trail tells. */
export type ComparedCounter =
  | { readonly result: 'same' | 'unfinished'; readonly counter: QuotaCounter }
  | { readonly result: 'different'; readonly counter: QuotaCounter; readonly difference: number };

export interface QuotaComparisonParts {
  /** Counts whose turn it is. */
  readonly listDue: () => Promise<readonly QuotaCounter[]>;
  readonly counters: Pick<QuotaCounters, 'read' | 'noteCompared'>;
  /** What the trail says that was counted by the time of the reading, looking at so many calls at most. */
  readonly sumUsage: (counter: QuotaCounter, reading: CounterReading, callsMax: number) => Promise<TrailSum>;
  /** Resolves when everything is stored that had happened by then: false where that takes longer than can be waited. */
  readonly untilStored: (atMs: number) => Promise<boolean>;
  /** Most calls that a round looks at. */
  readonly callsMax: number;
  readonly onCompared: (compared: ComparedCounter) => void;
}

/**
 * The quotas of a role are taken before the decision that records it, and settled after the outcome: by so much, in
 * milliseconds, unless somebody was killed in between.
 */
const roleLagMs = 2_000;

/** How much later than a count the trail may say what was counted, in milliseconds. */
export function lagMsOf({ per }: Pick<QuotaCounter, 'per'>): number {
  return per === 'role' ? roleLagMs : 0;
}

/** Most counts that are compared in a round out of their turn. */
const differingMax = 200;

/** A count, and what it said. */
interface Read {
  readonly counter: QuotaCounter;
  readonly reading: CounterReading;
}

/**
 * Compares counts of quotas with the audit trail, those first that were not for the longest time. A count is read, and then
 * compared with what the trail tells of the time until then, however much has happened since. One that differs is looked at
 * once more before that is said. What is more than a round may look at is left for the next; a count that alone is more is
 * `unfinished`.
 *
 * @returns one round; it rejects when streams or trail cannot be used now
 */
export function createQuotaComparison(parts: QuotaComparisonParts): () => Promise<void> {
  /** Those that were found to differ. They are compared in every round, also when nothing in Redis tells of them any more. */
  const differing = new Map<string, QuotaCounter>();

  async function listDue(): Promise<readonly QuotaCounter[]> {
    const due = [...(await parts.listDue()), ...[...differing.values()].slice(0, differingMax)];
    const unique = new Map(due.map((counter) => [counter.text, counter]));
    return [...unique.values()].sort((a, b) => a.comparedMs - b.comparedMs);
  }

  async function readAll(due: readonly QuotaCounter[]): Promise<readonly Read[]> {
    const reading = due.map(async (counter) => ({ counter, reading: await parts.counters.read(counter) }));
    const all = await Promise.all(reading);
    const latest = Math.max(...all.map(({ counter, reading }) => reading.atMs + lagMsOf(counter)));
    return all.length === 0 || (await parts.untilStored(latest)) ? all : [];
  }

  async function say({ compared, atMs, isMissed }: Comparison): Promise<void> {
    const { result, counter } = compared;
    await parts.counters.noteCompared(counter, { atMs, isMissed });
    if (result === 'different') differing.set(counter.text, { ...counter, comparedMs: atMs });
    else differing.delete(counter.text);
    parts.onCompared(compared);
  }

  /** @returns those that differ; of the others it is said how they compare */
  async function look(due: readonly QuotaCounter[]): Promise<readonly Comparison[]> {
    const different: Comparison[] = [];
    let left = parts.callsMax;
    for (const read of await readAll(due)) {
      const sum = await parts.sumUsage(read.counter, read.reading, left);
      if (sum.usage === 'more' && left < parts.callsMax) break;
      left -= sum.calls;
      const comparison = compare(read, sum.usage);
      if (comparison.compared.result === 'different') different.push(comparison);
      else await say(comparison);
    }
    return different;
  }

  return async () => {
    const different = await look(await listDue());
    for (const still of await look(different.map(({ compared }) => compared.counter))) await say(still);
  };
}

interface Comparison {
  readonly compared: ComparedCounter;
  readonly atMs: number;
  /** Whether the count should be there. */
  readonly isMissed: boolean;
}

function compare({ counter, reading }: Read, usage: TrailSum['usage']): Comparison {
  const { atMs, used } = reading;
  if (typeof usage === 'string') return { compared: { result: 'unfinished', counter }, atMs, isMissed: true };
  const difference = differenceOf(used, usage);
  if (difference !== 0) {
    return { compared: { result: 'different', counter, difference }, atMs, isMissed: true };
  }
  return { compared: { result: 'same', counter }, atMs, isMissed: usage.most > 0 };
}

/** How much a count says more, or, below zero, less than the trail. */
function differenceOf(used: number, { least, most }: TrailUsage): number {
  return used - Math.min(Math.max(used, least), most);
}
