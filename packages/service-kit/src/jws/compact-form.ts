const compactForm = /^[\w-]+\.[\w-]+\.([\w-]+)$/;

/**
 * Whether a text has the form of a signed JWS in compact serialization (RFC 7515 section 7.1), in its one spelling: the last
 * character of a signature may hold bits that decoders ignore, so that the same token could be written in several ways, each
 * with a hash of its own (RFC 4648 section 3.5 lets them be refused). What is signed has one spelling anyway.
 */
export function isCompactJws(token: string): boolean {
  const signature = compactForm.exec(token)?.[1];
  return signature !== undefined && Buffer.from(signature, 'base64url').toString('base64url') === signature;
}
