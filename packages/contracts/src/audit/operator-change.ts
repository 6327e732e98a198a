import * as z from 'zod';

/** `agent.suspend`, `credential.put`: what was done. Any name, so that a new one needs no new reader of the trail. */
export const operatorActionSchema = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/);

/** State of what was changed, as people may read it later: never a secret, nor what a secret could be guessed from. */
const snapshotSchema = z.record(z.string(), z.unknown()).nullable();

/** A change that an operator made, and that has taken effect. */
export const operatorChangeSchema = z.object({
  kind: z.literal('operator_change'),
  /** The same however often the change is handed on; readers recognise by it what they have already. */
  id: z.string().regex(/^chg_[0-9a-hjkmnp-tv-z]{20}$/),
  at: z.iso.datetime(),
  /** `sub` of the operator's token; `system` where nobody ordered it. */
  operator: z.string().min(1).max(128),
  action: operatorActionSchema,
  target: z.object({ type: z.string().min(1).max(63), id: z.string().min(1).max(256) }),
  /** Null where there was nothing before, or nothing that may be shown. */
  before: snapshotSchema,
  after: snapshotSchema,
  /** The exchange within which it was made; null where there was none. */
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable(),
});
export type OperatorChange = z.infer<typeof operatorChangeSchema>;
