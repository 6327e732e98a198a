/** How long a replica has lacked what the primary has, by how far each had written its log at what moment. */
export interface ReplicaLag {
  /** The primary's log ends at `position`. @param atMs of a clock that never goes back, in milliseconds */
  recordPrimary(position: bigint, atMs: number): void;
  /** The replica has all of the log until `position`. */
  recordReplica(position: bigint): void;
  /**
   * At least how long the replica has lacked something, in seconds, as of when the primary was last looked at: while it cannot be, the
   * replica falls no further behind. 0 where it lacks nothing; `undefined` before both were looked at.
   */
  seconds(): number | undefined;
}

interface Sample {
  readonly position: bigint;
  readonly atMs: number;
}

/** With a look each second, more than a quarter of an hour. */
const samplesMax = 1_000;

export function createReplicaLag(): ReplicaLag {
  /** Looks at the primary that showed what the replica was not known to have, oldest first. */
  let missing: Sample[] = [];
  let latest: Sample | undefined;
  let replayed: bigint | undefined;
  return {
    recordPrimary(position, atMs) {
      // The log of a primary that was restored begins again: what it was before will never be replayed.
      if (latest !== undefined && position < latest.position) missing = [];
      const isNew = position !== missing.at(-1)?.position;
      if (isNew && (replayed === undefined || position > replayed)) remember(missing, { position, atMs });
      latest = { position, atMs };
    },
    recordReplica(position) {
      replayed = position;
      missing = missing.filter((sample) => sample.position > position);
    },
    seconds() {
      if (latest === undefined || replayed === undefined) return undefined;
      const [oldest] = missing;
      return oldest === undefined ? 0 : (latest.atMs - oldest.atMs) / 1_000;
    },
  };
}

/** When there are many, the last one stands for all later ones: what is told is then too much, never too little. */
function remember(samples: Sample[], { position, atMs }: Sample): void {
  const last = samples.length < samplesMax ? undefined : samples.pop();
  samples.push({ position, atMs: last?.atMs ?? atMs });
}
