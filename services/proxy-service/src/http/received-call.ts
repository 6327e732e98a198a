import { randomUUID } from 'node:crypto';
import { presentedToken } from '@4runr/service-kit/access-token';
import { jsonBody, traceIdOf } from '@4runr/service-kit/http';
import type { Request, Response } from 'express';
import type { ReceivedBody, ReceivedCall } from '../domain/call.ts';

/** What an endpoint knows of a call beside its request. */
export type AskedCall = Pick<ReceivedCall, 'toolName' | 'actionName' | 'takesStream' | 'onEnd'>;

/** Takes a request for a call of an action from the wire. The body stays unread until a step asks for it. */
export function createCallReceiver(
  bodyBytesMax: number,
): (request: Request, response: Response, asked: AskedCall) => ReceivedCall {
  const parse = jsonBody(bodyBytesMax);
  return (request, response, asked) => ({
    callId: `call_${randomUUID()}`,
    traceId: traceIdOf(response),
    ...asked,
    presented: presentedToken(request),
    intent: request.get('agent-intent'),
    readBody: () =>
      new Promise<ReceivedBody>((resolve, reject) => {
        const countBytes = startCounting(request);
        parse(request, response, (error?: unknown) => {
          if (error === undefined) resolve({ body: request.body as unknown, bytes: countBytes() });
          else reject(error);
        });
      }),
    signal: signalOfClient(response),
    startedAt: performance.now(),
    observed: { timings: {} },
  });
}

/** Length of the body: as announced, which the parser holds it to, or of a chunked one as it comes in. */
function startCounting(request: Request): () => number {
  const announced = request.headers['content-length'];
  if (announced !== undefined) return () => Number(announced);
  let bytes = 0;
  if (request.headers['transfer-encoding'] !== undefined) {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
  }
  return () => bytes;
}

function signalOfClient(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
