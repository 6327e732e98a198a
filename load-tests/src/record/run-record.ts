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
});
export type RunRecord = z.infer<typeof runRecordSchema>;
