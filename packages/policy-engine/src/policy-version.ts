import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Names one content of a document, however it is laid out: `sha256:` and the hash of its RFC 8785 form, in hex. */
export function policyVersion(document: unknown): string {
  const canonical = canonicalize(document) ?? '';
  return `sha256:${createHash('sha256').update(canonical).digest('hex')}`;
}
