import * as z from 'zod';

const callCountSchema = z.object({
  call: z.string(),
  outcome: z.string(),
  code: z.string().nullable(),
  isReplay: z.boolean(),
  count: z.int(),
  /** How often adapters were asked, over all of them. */
  attempts: z.int(),
  /** Those of them that were completed by an adapter. */
  carriedOut: z.int(),
  /** Those of these that took more than one attempt. */
  retriedWell: z.int(),
});
/** Calls that the audit trail holds, alike in everything that is said here. */
export type AuditCount = z.infer<typeof callCountSchema>;

const providerCountSchema = z.object({
  provider: z.string(),
  route: z.string(),
  received: z.int(),
  ok: z.int(),
});
/** Requests that came to a route of a simulated provider during the run. */
export type ProviderCount = z.infer<typeof providerCountSchema>;

const happeningSchema = z.object({
  atMs: z.number(),
  kind: z.enum(['fault', 'calm', 'restart', 'ready again']),
  what: z.string(),
});
/**
 * What was done to the mesh, and when, in milliseconds from the begin of the load. A fault, its being taken back and a restart bear the
 * moment just before they were done: no call that ended before it was hit by that fault, and a recovery is never told too short.
 */
export type Happening = z.infer<typeof happeningSchema>;

const loggedSchema = z.object({
  /** Lines of proxy-service about a call, and those of them with the code of a problem. */
  calls: z.int(),
  failures: z.int(),
  /** Lines about a security event, by its name. */
  securityEvents: z.record(z.string(), z.int()),
  /** For each opening of a closed breaker: milliseconds from it until the call had ended whose failure brought it about. */
  openingMs: z.array(z.number()),
});
/** What the services' logs tell of a run. */
export type LoggedEvents = z.infer<typeof loggedSchema>;

const storageSchema = z.object({
  databaseBytes: z.number(),
  /** Position in the write-ahead log: it only grows. */
  walBytes: z.number(),
  /** Size of the append-only file of the state Redis; less after it was rewritten. */
  aofBytes: z.number(),
  /** Memory that the state Redis and the cache Redis use for what they hold. */
  stateBytes: z.number(),
  cacheBytes: z.number(),
});
/** What Postgres and Redis hold at a moment. */
export type Storage = z.infer<typeof storageSchema>;

const phaseSchema = z.object({ name: z.string(), seconds: z.number(), from: z.number(), to: z.number() });

/** `run.json`: everything about a run but its rows, samples and metrics. */
export const runRecordSchema = z.object({
  version: z.literal(1),
  scenario: z.string(),
  about: z.string(),
  tolerates: z.enum(['no failure', 'coded failures']),
  command: z.string(),
  commit: z.string(),
  seed: z.int(),
  timeScale: z.number(),
  edgeUrl: z.string(),
  begunAt: z.iso.datetime(),
  /** Milliseconds from the begin of the load until k6 had ended. */
  lastedMs: z.number(),
  phases: z.array(phaseSchema),
  /** The phase at which the run was ended early. */
  stoppedAt: z.string().nullable(),
  machine: z.record(z.string(), z.string()),
  settings: z.record(z.string(), z.string()),
  agents: z.object({ count: z.int(), tokens: z.int(), tokenTtlSeconds: z.int() }),
  generator: z.object({
    exitCode: z.int(),
    tasks: z.int(),
    /** Tasks that did not begin, because no user of k6 was free. */
    notBegun: z.int(),
    bytesSent: z.number(),
    bytesReceived: z.number(),
  }),
  happenings: z.array(happeningSchema),
  /** Null where it could not be read. */
  audit: z.array(callCountSchema).nullable(),
  providers: z.array(providerCountSchema).nullable(),
  mailsReceived: z.int().nullable(),
  /** Lines of proxy-service's log about a call; null where the log could not be read. */
  loggedCalls: z.int().nullable(),
  /** All that the logs tell, and storage before the load and after it; null where it could not be read, or was not yet when the run was made. */
  logged: loggedSchema.nullable().default(null),
  storage: z.object({ before: storageSchema, after: storageSchema }).nullable().default(null),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
