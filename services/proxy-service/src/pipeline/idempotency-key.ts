import { ProblemError } from '@4runr/service-kit/errors';

const lengthMax = 255;

/** A text of a structured field (RFC 9651 section 3.3.3), which the draft asks for. */
const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;

/** What clients send as it is: any printable ASCII that does not look like a text. */
const bare = /^[!#-~][ -~]*$/;

/**
 * The key that a request names (draft-ietf-httpapi-idempotency-key-header-07): a text in quotes, or its characters without them,
 * which means the same.
 *
 * @param fields as they came; none is a request without a key
 * @throws ProblemError `request.invalid` for several, and for a key that is empty, longer than 255 characters, or of others than
 * printable ASCII
 */
export function parseIdempotencyKey(fields: readonly string[]): string | undefined {
  const [field, ...others] = fields;
  if (field === undefined) return undefined;
  const key = others.length === 0 ? readKey(field) : undefined;
  if (key !== undefined && key.length > 0 && key.length <= lengthMax) return key;
  throw new ProblemError('request.invalid', {
    detail: `Idempotency-Key has to be one key of 1 to ${lengthMax} printable ASCII characters, in quotes or without.`,
  });
}

function readKey(field: string): string | undefined {
  const text = quoted.exec(field)?.[1];
  if (text !== undefined) return text.replace(/\\(["\\])/g, '$1');
  return bare.test(field) ? field : undefined;
}
