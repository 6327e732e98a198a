/** How long a process finds parts away without that being a failure, in milliseconds: they are started together. */
const startGraceMs = 10_000;

/** How loudly it is told that another part cannot be reached. */
export interface AbsenceLevel {
  /** The part was there: from now on its absence is a failure. */
  recordPresence(): void;
  /** `info` while the part has never been there and may still be starting, else `warn`. */
  current(): 'info' | 'warn';
}

export interface AbsenceOptions {
  /** In milliseconds; default ten seconds. */
  readonly graceMs?: number | undefined;
  /** A clock that nobody sets. */
  readonly monotonicMs?: () => number;
}

/** The grace begins now. */
export function createAbsenceLevel(options: AbsenceOptions = {}): AbsenceLevel {
  const { graceMs = startGraceMs, monotonicMs = performance.now.bind(performance) } = options;
  const begun = monotonicMs();
  let wasThere = false;
  return {
    recordPresence() {
      wasThere = true;
    },
    current: () => (!wasThere && monotonicMs() - begun < graceMs ? 'info' : 'warn'),
  };
}
