import { randomUUID } from 'node:crypto';
import { jsonBody, traceIdOf } from '@4runr/service-kit/http';
import type { Request, Response } from 'express';
import type { ReceivedCall } from '../domain/call.ts';

/** Takes a request for a call from the wire. The body stays unread until a step asks for it. */
export function createCallReceiver(
  bodyBytesMax: number,
): (request: Request, response: Response) => ReceivedCall {
  const parse = jsonBody(bodyBytesMax);
  return (request, response) => ({
    callId: `call_${randomUUID()}`,
    traceId: traceIdOf(response),
    toolName: String(request.params.tool),
    actionName: String(request.params.action),
    authorization: request.headers.authorization,
    intent: request.get('agent-intent'),
    readBody: () =>
      new Promise((resolve, reject) => {
        const onParsed = (error?: unknown) => {
          if (error !== undefined) reject(error);
          else resolve({ body: request.body as unknown, bytes: bytesOf(request) });
        };
        parse(request, response, onParsed);
      }),
    signal: signalOfClient(response),
    startedAt: performance.now(),
    observed: { timings: {} },
  });
}

/** Length of the body as announced; of a chunked one, that of its parsed form. */
function bytesOf(request: Request): number {
  const announced = request.headers['content-length'];
  if (announced !== undefined) return Number(announced);
  return request.body === undefined ? 0 : Buffer.byteLength(JSON.stringify(request.body));
}

function signalOfClient(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
