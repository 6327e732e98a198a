/** How one process of the stack is run; the supervisor knows nothing else of a part or a service. */
export interface ProcessSpec {
  /** Unique within the stack: `postgres`, `redis-state`, `proxy-service-2`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Run as this user and group; only root may ask for it. */
  readonly uid?: number;
  readonly gid?: number;
  /** Asks the process to drain and leave: SIGTERM for services, SIGINT for Postgres (its fast shutdown). */
  readonly stopSignal: NodeJS.Signals;
  /** Receives stdout and stderr, appended. Its folder also keeps the record of the running process. */
  readonly logFile: string;
  /** Resolves when the process can serve; polls until `signal` aborts, then rejects. */
  ready(signal: AbortSignal): Promise<void>;
  /** The ports that the process listens on. */
  readonly ports: readonly number[];
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly spec: ProcessSpec;
  readonly pid: number;
  /** Resolves, and never rejects, when the process has ended for whatever reason. */
  readonly exited: Promise<ProcessExit>;
  /** Sends the stop signal, then after `graceMs` SIGKILL to the whole group; resolves when it is gone. Idempotent. */
  stop(graceMs: number): Promise<void>;
}
