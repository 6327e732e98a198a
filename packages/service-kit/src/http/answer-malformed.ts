import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { headers } from '@4runr/contracts/headers';
import { type ProblemCode, problemKinds, problemMediaType, toProblem } from '@4runr/contracts/problem';
import type { Logger } from '../telemetry/index.ts';

/** What the parser's errors mean; anything else is `request.invalid`. */
const malformedCodes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers.too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
};

/**
 * Answers what the HTTP parser refused, and ends the connection. Where an earlier request on the connection still waits
 * for its answer, nothing is written: the refusal would be taken for that answer.
 */
export function answerMalformed(
  error: NodeJS.ErrnoException,
  socket: Socket,
  context: {
    answering: { request: IncomingMessage; response: ServerResponse } | undefined;
    logger?: Logger | undefined;
  },
): void {
  const { answering, logger } = context;
  const isOwed = answering === undefined || (!answering.request.complete && !answering.response.headersSent);
  if (error.code === 'ECONNRESET' || !socket.writable || !isOwed) {
    socket.destroy();
    return;
  }
  const code = malformedCodes[error.code ?? ''] ?? 'request.invalid';
  const traceId = writeProblem(socket, code);
  logger?.info({ code, trace_id: traceId, reason: error.code }, 'malformed request');
}

/** Tunnels are not made here (RFC 9110 section 9.3.6). */
export function answerConnect(socket: Socket): void {
  writeProblem(socket, 'method.unsupported');
}

/** A request of HTTP/1.1 without `Host` is refused (RFC 9112 section 3.2). */
export function answerWithoutHost(response: ServerResponse): void {
  const { status, fields, body } = describe('request.invalid', 'The Host header is missing.');
  response.shouldKeepAlive = false;
  response.writeHead(status, fields).end(body);
}

function writeProblem(socket: Socket, code: ProblemCode): string {
  const { status, fields, body, traceId } = describe(code);
  const lines = Object.entries({ ...fields, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join('\r\n');
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy());
  return traceId;
}

/** No exchange has begun, so that there is no trace: the id only lets the answer be found in the log. */
function describe(code: ProblemCode, detail?: string) {
  const traceId = randomBytes(16).toString('hex');
  const body = JSON.stringify(toProblem(code, { traceId, ...(detail === undefined ? {} : { detail }) }));
  const fields = {
    [headers.correlationId]: traceId,
    'Content-Type': problemMediaType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  };
  return { status: problemKinds[code].status, fields, body, traceId };
}
