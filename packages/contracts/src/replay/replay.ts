import * as z from 'zod';
import { callVerdictSchema, momentSchema } from '../audit/index.ts';
import { policyReferenceSchema, reasonSchema, reasonsMax, ruleKinds } from '../decision/index.ts';
import { nameSchema } from '../manifest/index.ts';

/** Most verdicts of one answer. */
const changedMax = 1_000;

/** Body of `POST /v1/policies/replay`: which verdicts of a past period would be others? */
export const replayRequestSchema = z
  .strictObject({
    /**
     * A policy document that stands in for the active one of its name, or beside the others, at every call. Without it calls
     * are decided anew by the very policies that decided them.
     */
    policy: z.unknown().optional(),
    /** Calls that were decided at this moment and later. */
    from: momentSchema,
    /** Calls that were decided before this moment. */
    to: momentSchema,
    /** Most verdicts in `changed`. */
    limit: z.int().min(1).max(changedMax).default(changedMax),
    /** `nextCursor` of the answer before. All else is given again. */
    cursor: z.string().max(200).optional(),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'is not after `from`' });
export type ReplayRequest = z.input<typeof replayRequestSchema>;

const verdictSchema = z.object({
  decision: callVerdictSchema,
  /** The policy that decided; null where none names the scope for the agent. */
  policy: policyReferenceSchema.nullable(),
  reasons: z.array(reasonSchema).min(1).max(reasonsMax),
});
export type ReplayedVerdict = z.infer<typeof verdictSchema>;

/** A call whose verdict would have been another. */
export const changedCallSchema = z.object({
  callId: z.string(),
  /** When it was decided. */
  at: z.iso.datetime(),
  agent: z.string(),
  tool: nameSchema,
  action: nameSchema,
  traceId: z.string().nullable(),
  recorded: verdictSchema,
  candidate: verdictSchema,
});
export type ChangedCall = z.infer<typeof changedCallSchema>;

/**
 * What was not recorded of a call and would have to be known: a rule of this kind is met or not, or, as `record`, what the
 * decision was reached by: it is older than that is recorded, was made with policies switched off, or by policies that are not
 * understood any more.
 */
export const replayUnknowns = [...ruleKinds, 'record'] as const;
export type ReplayUnknown = (typeof replayUnknowns)[number];

/** `200` of a replay, oldest first. Its numbers are of this answer; with `nextCursor` the calls after these are asked for. */
export const replaySchema = z.object({
  /** Decided calls that were looked at, whatever came of it. */
  evaluated: z.int().min(0),
  changed: z.array(changedCallSchema),
  /** Calls of which it cannot be said: they are not in `changed`. */
  undeterminable: z.int().min(0),
  /** What is not known of how many of these, and one of them as an example. A call may lack several things. */
  unknown: z.array(z.object({ what: z.enum(replayUnknowns), calls: z.int().min(1), example: z.string() })),
  /** Null when all calls of the period were looked at. */
  nextCursor: z.string().nullable(),
});
export type Replay = z.infer<typeof replaySchema>;
