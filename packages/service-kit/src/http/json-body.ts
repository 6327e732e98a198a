import express, { type RequestHandler } from 'express';
import { ProblemError } from '../errors/index.ts';

/**
 * Reads a JSON body of at most `bytesMax` bytes. A body of another type is refused rather than ignored, and so is a
 * compressed one; no body at all leaves `request.body` undefined.
 *
 * @throws ProblemError `media_type.unsupported`; parse failures are translated where problems are rendered
 */
export function jsonBody(bytesMax: number): RequestHandler {
  const parse = express.json({ limit: bytesMax, inflate: false, strict: false, type: isJsonType });
  return (request, response, next) => {
    if (hasBody(request.headers) && !isJsonType(request)) {
      throw new ProblemError('media_type.unsupported', { detail: 'Send the body as application/json.' });
    }
    parse(request, response, next);
  };
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
