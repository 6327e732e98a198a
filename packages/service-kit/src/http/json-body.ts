import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import { ProblemError } from '../errors/index.ts';

export interface JsonBodyOptions {
  /**
   * Deepest nesting of objects and lists that is taken: what reads a body recursively must not run out of stack. Default
   * 100. Services that are handed another's body inside their own need a little more than that one.
   */
  readonly nestingMax?: number;
}

/**
 * Reads a JSON body of at most `bytesMax` bytes. A body of another type is refused rather than ignored, and so is a
 * compressed one; no body at all leaves `request.body` undefined.
 *
 * @throws ProblemError `media_type.unsupported`; `request.invalid` when it is nested too deep, or holds text or numbers
 * that have no canonical form (RFC 8785); failures to decode or parse are translated where problems are rendered
 */
export function jsonBody(bytesMax: number, { nestingMax = 100 }: JsonBodyOptions = {}): RequestHandler {
  const parse = express.json({
    limit: bytesMax,
    inflate: false,
    strict: false,
    type: isJsonType,
    verify: assertText,
  });
  return (request, response, next) => {
    if (!hasBody(request.headers)) return next();
    if (!isJsonType(request)) {
      throw new ProblemError('media_type.unsupported', { detail: 'Send the body as application/json.' });
    }
    parse(request, response, (error?: unknown) => {
      if (error !== undefined) return next(error);
      const fault = findFault(request.body, nestingMax);
      next(fault === undefined ? undefined : new ProblemError('request.invalid', { detail: fault }));
    });
  };
}

/**
 * JSON between systems is UTF-8 (RFC 8259 section 8.1). What is not would be decoded to U+FFFD, and chunks without a byte be
 * read as `{}`: neither is what was sent.
 */
function assertText(_request: unknown, _response: unknown, body: Buffer, charset: string): void {
  if (body.length === 0) throw bodyError('the body is empty', 'entity.parse.failed');
  if (charset !== 'utf-8') throw bodyError('the body is not UTF-8', 'charset.unsupported');
  if (!isUtf8(body)) throw bodyError('the body is not UTF-8', 'entity.encoding.invalid');
}

function bodyError(message: string, type: string): Error {
  return Object.assign(new Error(message), { type });
}

/** What is wrong with a parsed body, as a sentence. */
function findFault(value: unknown, levels: number): string | undefined {
  if (typeof value === 'string')
    return value.isWellFormed() ? undefined : 'The body holds half a surrogate pair.';
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : 'The body holds a number out of range.';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return 'The body is nested too deep.';
  for (const [name, member] of Object.entries(value)) {
    const fault = findFault(name, levels) ?? findFault(member, levels - 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function hasBody(headers: Headers): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function isJsonType(request: { headers: Headers }): boolean {
  const type = request.headers['content-type'];
  return typeof type === 'string' && /^application\/([\w.-]+\+)?json *(;|$)/i.test(type);
}
