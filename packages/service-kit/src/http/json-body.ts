import express, { type RequestHandler } from 'express';
import { ProblemError } from '../errors/index.ts';

/**
 * Reads a JSON body of at most `bytesMax` bytes. A body of another type is refused rather than ignored, and so is a
 * compressed one; no body at all leaves `request.body` undefined.
 *
 * @throws ProblemError `media_type.unsupported`, `request.invalid` when nested deeper than 100 levels; parse failures are translated where problems are rendered
 */
export function jsonBody(bytesMax: number): RequestHandler {
  const parse = express.json({ limit: bytesMax, inflate: false, strict: false, type: isJsonType });
  return (request, response, next) => {
    if (hasBody(request.headers) && !isJsonType(request)) {
      throw new ProblemError('media_type.unsupported', { detail: 'Send the body as application/json.' });
    }
    parse(request, response, (error?: unknown) => {
      if (error === undefined) next(isNestedDeeper(request.body, nestingMax) ? nestedTooDeep() : undefined);
      else next(error);
    });
  };
}

/** Deepest nesting of objects and lists that is taken: what reads a body recursively must not run out of stack. */
const nestingMax = 100;

function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isNestedDeeper(member, levels - 1));
}

function nestedTooDeep(): ProblemError {
  return new ProblemError('request.invalid', {
    detail: `The body is nested deeper than ${nestingMax} levels.`,
  });
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
