/** What the mesh was like at a moment of the run. */
export interface Sample {
  /** Milliseconds from the begin of the load; negative before it. */
  readonly atMs: number;
  readonly parts: readonly PartSample[];
  /** 0 closed, 1 half-open, 2 open, by tool; the worst replica's. */
  readonly breakers: Readonly<Record<string, number>>;
  /** Counters of each process so far, by `<process>/<replica> <metric> <label's value>`: they begin anew where it was restarted. */
  readonly counters: Readonly<Record<string, number>>;
  /** Connections of all pools to Postgres. */
  readonly dbConnections: number;
  /** Items of the audit trail that wait to be stored; missing where nobody told, or runs did not keep it yet. */
  readonly auditBacklog?: number;
  /** Whether `/ready` of the edge answered 200. */
  readonly isReady: boolean;
}

export interface PartSample {
  readonly name: string;
  /** Microseconds of CPU that it and its children have used so far. */
  readonly cpuUs: number;
  /** MiB resident, with its children. */
  readonly residentMiB: number;
  readonly restarts: number;
}
