import { randomUUID } from 'node:crypto';
import { headers } from '@4runr/contracts/headers';
import { presentedToken } from '@4runr/service-kit/access-token';
import { jsonBody, traceIdOf } from '@4runr/service-kit/http';
import type { Request, Response } from 'express';
import type { ReceivedBody, ReceivedCall } from '../domain/call.ts';
import { readPreferences, readWaitSeconds } from './preferences.ts';

/** What an endpoint knows of a call beside its request. */
export type AskedCall = Pick<ReceivedCall, 'toolName' | 'actionName' | 'takesStream' | 'onEnd' | 'webhooks'>;

export interface ReceivingLimits {
  readonly bodyBytesMax: number;
  /** How long callers wait: those who say nothing of it, and at most. */
  readonly waitSeconds: { readonly usual: number; readonly max: number };
}

/** Takes a request for a call of an action from the wire. The body stays unread until a step asks for it. */
export function createCallReceiver({
  bodyBytesMax,
  waitSeconds,
}: ReceivingLimits): (request: Request, response: Response, asked: AskedCall) => ReceivedCall {
  const parse = jsonBody(bodyBytesMax);
  return (request, response, asked) => ({
    callId: `call_${randomUUID()}`,
    traceId: traceIdOf(response),
    ...asked,
    presented: presentedToken(request),
    intent: request.get('agent-intent'),
    idempotencyKeys: request.headersDistinct['idempotency-key'] ?? [],
    cacheControl: request.get('cache-control'),
    readBody: () =>
      new Promise<ReceivedBody>((resolve, reject) => {
        const countBytes = startCounting(request);
        parse(request, response, (error?: unknown) => {
          if (error === undefined) resolve({ body: request.body as unknown, bytes: countBytes() });
          else reject(error);
        });
      }),
    signal: signalOfClient(response),
    ...startClock(readWaitSeconds(readPreferences(request.get(headers.prefer))), waitSeconds),
    observed: { timings: {} },
  });
}

function startClock(
  asked: number | undefined,
  { usual, max }: ReceivingLimits['waitSeconds'],
): Pick<ReceivedCall, 'startedAt' | 'endsAt' | 'waitSeconds'> {
  const startedAt = performance.now();
  const waitSeconds = asked === undefined ? undefined : Math.min(asked, max);
  return { startedAt, endsAt: startedAt + (waitSeconds ?? usual) * 1_000, waitSeconds };
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
