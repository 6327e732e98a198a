import * as z from 'zod';
import { parseRevocationEntry, type Revocation, toRevocationEntry } from './revocation.ts';

/** A message of the feed. Redis knows strings alone. */
export const revocationMessageSchema = z.object({
  /** As in the list. */
  field: z.string(),
  value: z.string(),
  /** When the revocation was decided, in milliseconds since the epoch: its propagation is measured from there. */
  at: z.string().regex(/^\d{1,15}$/),
});
export type RevocationMessage = z.infer<typeof revocationMessageSchema>;

export interface DatedRevocation {
  readonly revocation: Revocation;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export function toRevocationMessage({ revocation, atMs }: DatedRevocation): RevocationMessage {
  return { ...toRevocationEntry(revocation), at: String(atMs) };
}

/** @throws SyntaxError, ZodError or RangeError when the message is none of this contract */
export function parseRevocationMessage(message: unknown): DatedRevocation {
  const { at, ...entry } = revocationMessageSchema.parse(message);
  return { revocation: parseRevocationEntry(entry), atMs: Number(at) };
}
