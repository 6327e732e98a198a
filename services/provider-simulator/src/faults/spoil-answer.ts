import type { Request, Response } from 'express';
import { markBrokenOff } from '../http/count-arrival.ts';
import type { FaultyProvider } from '../http/provider-router.ts';
import { breakOff } from './connection.ts';

/**
 * Lets the answer announce its whole length, and then end in the middle; a stream of events announces none and ends within a chunk of
 * its coding. One without a body ends within its head.
 */
export function truncateAnswer(response: Response): void {
  takeOverEnd(response, (body) => {
    if (body.length < 2) return writeRaw(response, 'HTTP/1.1 200 OK\r\nContent-');
    markBrokenOff(response);
    if (!isEventStream(response)) response.setHeader('Content-Length', body.length);
    response.write(halfOf(body), () => breakOff(response));
  });
}

/** Lets the answer be a success that cannot be read. Where it has no body, because of HEAD, its head cannot. */
export function malformAnswer(request: Request, response: Response, how: FaultyProvider['malforms']): void {
  takeOverEnd(response, (body) => {
    if (request.method === 'HEAD') return writeRaw(response, 'HTTP/1.1 200 OK\r\nContent-Type text\r\n\r\n');
    const malformed = how === 'json' ? Buffer.concat([halfOf(body), notUtf8]) : body;
    response.status(200).removeHeader('Location');
    if (how === 'coding') response.setHeader('Content-Encoding', 'gzip');
    // A redirect has no body, and without one there is nothing that could be coded wrongly.
    const sent = malformed.length === 0 ? notUtf8 : malformed;
    response.setHeader('Content-Length', sent.length);
    response.end(sent);
  });
}

function isEventStream(response: Response): boolean {
  return /^text\/event-stream/.test(String(response.getHeader('Content-Type')));
}

/** A byte that no UTF-8 text holds (RFC 3629 section 1). */
const notUtf8 = Buffer.from([0xff]);

function halfOf(body: Buffer): Buffer {
  return body.subarray(0, Math.floor(body.length / 2));
}

/** Bytes in place of the answer that was to be written. */
function writeRaw(response: Response, text: string): void {
  response.socket?.write(text);
  breakOff(response);
}

/** Hands over the body that the answer would have, once, in place of sending it. A streamed one is waited for. */
function takeOverEnd(response: Response, finish: (body: Buffer) => void): void {
  const { write, end } = response;
  const chunks: Buffer[] = [];
  const take = (chunk: string | Buffer, encoding?: BufferEncoding) => {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    return true;
  };
  response.write = take as Response['write'];
  response.end = ((chunk: string | Buffer = '', encoding?: BufferEncoding) => {
    take(chunk, encoding);
    Object.assign(response, { write, end });
    finish(Buffer.concat(chunks));
    return response;
  }) as Response['end'];
}
