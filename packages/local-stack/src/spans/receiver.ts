import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { decodeJson, decodeProtobuf } from './decode-otlp.ts';
import type { Span } from './span.ts';

const bodyBytesMax = 16_777_216;
const protobufType = 'application/x-protobuf';

/** An OTLP/HTTP receiver of spans (`POST /v1/traces`, binary or JSON, gzip or not) that hands them to `onSpans`. */
export function createReceiver(onSpans: (spans: readonly Span[]) => void): Server {
  return createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/readyz')
      answer(response, 200, 'application/json', '{}');
    else if (request.method === 'POST' && request.url === '/v1/traces')
      void receive(request, response, onSpans);
    else answer(response, 404, 'text/plain', 'only POST /v1/traces\n');
  });
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  onSpans: (spans: readonly Span[]) => void,
): Promise<void> {
  try {
    const body = await readBody(request);
    const isProtobuf = request.headers['content-type']?.startsWith(protobufType) === true;
    onSpans(isProtobuf ? decodeProtobuf(body) : decodeJson(JSON.parse(body.toString('utf8'))));
    // An empty answer is an empty message in one encoding and needs braces in the other.
    if (isProtobuf) answer(response, 200, protobufType, '');
    else answer(response, 200, 'application/json', '{}');
  } catch (error) {
    answer(response, 400, 'text/plain', `not an export of spans: ${error}\n`);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Error(`more than ${bodyBytesMax} bytes`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (request.headers['content-encoding'] !== 'gzip') return body;
  return gunzipSync(body, { maxOutputLength: bodyBytesMax });
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
}
