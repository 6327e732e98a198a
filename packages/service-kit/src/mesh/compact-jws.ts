import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

export interface CompactHeader {
  readonly alg: 'HS256';
  readonly typ: string;
  readonly kid: string;
}

/**
 * A compact JWS (RFC 7515 section 7.1) with HS256, made by node's HMAC: about 3 µs where jose's takes about 79 µs, and
 * every call through the mesh makes and checks several. The key is a `KeyObject`, since a `Buffer` would be made one at
 * every signature, which takes 12 µs more. Tests prove that jose reads these and we read jose's.
 */
export function signCompact(header: Omit<CompactHeader, 'alg'>, claims: object, key: KeyObject): string {
  const signed = `${encode({ alg: 'HS256', ...header })}.${encode(claims)}`;
  return `${signed}.${mac(signed, key).toString('base64url')}`;
}

/** A compact JWS taken apart, with nothing verified but its form. */
export interface ParsedCompact {
  readonly header: CompactHeader;
  readonly claims: unknown;
  readonly signed: string;
  readonly signature: Buffer;
}

const compactBytesMax = 16_384;
const compactForm = /^([\w-]+)\.([\w-]+)\.([\w-]{43})$/;

/** Takes apart a compact JWS of HS256; anything else, unknown `crit` and foreign header members included, is `undefined`. */
export function parseCompact(token: string): ParsedCompact | undefined {
  if (token.length > compactBytesMax) return undefined;
  const [, header, claims, signature] = compactForm.exec(token) ?? [];
  if (header === undefined || claims === undefined || signature === undefined) return undefined;
  const parsedHeader = decode(header);
  if (!isCompactHeader(parsedHeader)) return undefined;
  const parsedClaims = decode(claims);
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.toString('base64url') !== signature) return undefined;
  return { header: parsedHeader, claims: parsedClaims, signed: `${header}.${claims}`, signature: bytes };
}

/** Whether the signature is the key's, in time that does not depend on where it differs. */
export function isSignedBy(token: ParsedCompact, key: KeyObject): boolean {
  return timingSafeEqual(mac(token.signed, key), token.signature);
}

function isCompactHeader(value: unknown): value is CompactHeader {
  if (typeof value !== 'object' || value === null) return false;
  const { alg, typ, kid, ...rest } = value as Record<string, unknown>;
  return (
    alg === 'HS256' && typeof typ === 'string' && typeof kid === 'string' && Object.keys(rest).length === 0
  );
}

function mac(signed: string, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(signed).digest();
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
