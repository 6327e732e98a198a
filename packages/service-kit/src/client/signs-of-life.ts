/** So long after a replica has said something it is not asked whether it is there, in milliseconds. */
const freshMs = 250;

/** Which replicas say nothing at all, as one that hangs or is frozen: its connections stay open, and it takes more. */
export interface SignsOfLife {
  /** Notes that a replica has just said something. */
  heardFrom(origin: string): void;
  /** Whether a replica says nothing, also when asked for nothing but a sign of life. Never rejects. */
  isSilent(origin: string): Promise<boolean>;
  /** Whether it said nothing when it was asked last, and nothing since. */
  wasSilent(origin: string): boolean;
  /** Asks silent ones again, and forgets all that are not among these. */
  follow(origins: readonly string[]): Promise<void>;
}

export interface SignsOfLifeOptions {
  /** Asks a replica for a sign of life: resolves by any answer, rejects where none comes in time. */
  readonly ask: (origin: string) => Promise<unknown>;
  /** Called when a replica falls silent, and when it is heard from again. */
  readonly onChange?: (origin: string, isSilent: boolean) => void;
  /** Milliseconds on a monotonic clock. */
  readonly clock?: () => number;
}

export function createSignsOfLife({
  ask,
  onChange,
  clock = () => performance.now(),
}: SignsOfLifeOptions): SignsOfLife {
  const heardAt = new Map<string, number>();
  const silent = new Set<string>();
  const inquiries = new Map<string, Promise<boolean>>();
  const isFresh = (origin: string, since: number) =>
    (heardAt.get(origin) ?? Number.NEGATIVE_INFINITY) > since;

  function heardFrom(origin: string): void {
    heardAt.set(origin, clock());
    if (silent.delete(origin)) onChange?.(origin, false);
  }
  async function inquire(origin: string): Promise<boolean> {
    const askedAt = clock();
    try {
      await ask(origin);
      heardFrom(origin);
    } catch {
      if (isFresh(origin, askedAt)) return false;
      if (!silent.has(origin)) onChange?.(origin, true);
      silent.add(origin);
    } finally {
      inquiries.delete(origin);
    }
    return silent.has(origin);
  }
  /** Those who ask at the same time share one inquiry. */
  function inquireOnce(origin: string): Promise<boolean> {
    const inquiry = inquiries.get(origin) ?? inquire(origin);
    inquiries.set(origin, inquiry);
    return inquiry;
  }

  return {
    heardFrom,
    wasSilent: (origin) => silent.has(origin),
    isSilent: async (origin) => !isFresh(origin, clock() - freshMs) && inquireOnce(origin),
    async follow(origins) {
      for (const origin of heardAt.keys()) if (!origins.includes(origin)) heardAt.delete(origin);
      for (const origin of silent) if (!origins.includes(origin)) silent.delete(origin);
      await Promise.all([...silent].map(inquireOnce));
    },
  };
}
