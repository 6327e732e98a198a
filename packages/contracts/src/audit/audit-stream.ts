import { partitionCount, partitionOf, partitionTag } from '../partition/index.ts';
import { type AuditItem, auditItemSchema } from './audit-item.ts';

/** Where in the state Redis items wait until policy-service has stored them; it then removes them. */
export interface AuditStream {
  /** The stream that items are appended to. */
  readonly key: string;
  /** Messages of it that policy-service could not store and has set aside: for people, and nobody trims it. */
  readonly rejectedKey: string;
}

/** Every stream, one for each partition. */
export const auditStreams: readonly AuditStream[] = Array.from({ length: partitionCount }, (_, partition) => {
  const key = `${partitionTag(partition)}:audit`;
  return { key, rejectedKey: `${key}:rejected` };
});

/** Key of the stream that items about an agent or by an operator are appended to. */
export function auditStreamKeyOf(id: string): string {
  return `${partitionTag(partitionOf(id))}:audit`;
}

/** A message of a stream: Redis knows strings alone. */
export type AuditMessage = { readonly item: string };

export function toAuditMessage(item: AuditItem): AuditMessage {
  return { item: JSON.stringify(item) };
}

/** An item as the contract has it, and with all that was written in it, also what this version does not know. */
export interface WrittenAuditItem {
  readonly item: AuditItem;
  readonly written: Readonly<Record<string, unknown>>;
}

/** @throws SyntaxError or ZodError when the message is none of this contract */
export function readAuditMessage(message: Readonly<Record<string, string>>): WrittenAuditItem {
  const written = JSON.parse(message.item ?? '');
  return { item: auditItemSchema.parse(written), written };
}

/** As {@link readAuditMessage}, the item alone. */
export function parseAuditMessage(message: Readonly<Record<string, string>>): AuditItem {
  return readAuditMessage(message).item;
}
