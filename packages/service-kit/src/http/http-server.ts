import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ProblemCode, problemKinds, problemMediaType, toProblem } from '@4runr/contracts/problem';

/** How long a connection may live before its next answer closes it, so that scaling a service spreads load by itself. */
const connectionAgeMaxMs = 30_000;

/** An HTTP/1.1 server whose limits hold against slow and malformed clients. */
export function createHttpServer(listener: RequestListener): Server {
  const bornAt = new WeakMap<Socket, number>();
  const server = createServer(
    { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 35_000 },
    (request, response) => {
      const age = performance.now() - (bornAt.get(request.socket) ?? 0);
      if (age > connectionAgeMaxMs) response.shouldKeepAlive = false;
      listener(request, response);
    },
  );
  server.on('connection', (socket) => bornAt.set(socket, performance.now()));
  server.on('clientError', answerMalformed);
  return server;
}

/** Resolves with the port once the server accepts connections; rejects when it cannot bind. */
export function listen(server: Server, options: { port: number; host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

const malformedCodes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers.too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
};

/** Answers what the HTTP parser refused, before any handler could see it. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = malformedCodes[error.code ?? ''] ?? 'request.invalid';
  const { status, title } = problemKinds[code];
  const body = JSON.stringify(toProblem(code));
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${problemMediaType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}
