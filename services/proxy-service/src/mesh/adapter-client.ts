import { type AdapterRequest, usageSchema } from '@4runr/contracts/call';
import { headers } from '@4runr/contracts/headers';
import type { OpenServiceResponse, ServiceClient, ServiceResponse } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import { type AnswerPieces, addTime } from '../domain/call.ts';
import { isObject } from '../domain/json-object.ts';
import type { PermittedCall } from '../pipeline/authorize.ts';
import type { Bounds } from '../pipeline/layer.ts';
import { gatherAnswer, readPieces } from './answer-stream.ts';
import { lostAnswer, toCallFailure, toLostCall } from './call-failure.ts';
import { jsonOf, unexpectedAnswer } from './json-answer.ts';

export interface AdapterClient {
  /**
   * Sends a call to its adapter, once (again, unless it is an effect, when the replica that has it says nothing), and answers with the result; notes how long the provider took
   * and what was used. A read ends when the
   * client has gone; an effect is carried through, since half of it may have happened.
   *
   * @throws ProblemError what the adapter answered about the call; `upstream.timeout`, `service.unavailable`, or for an
   * effect that may have happened `upstream.outcome_unknown`
   * @throws ClientGoneError when a read has ended for that
   */
  carryOut(permitted: PermittedCall, bounds: Bounds): Promise<unknown>;
  /**
   * Begins a streamed call at its adapter, once, and answers when the first piece is there. What its end tells is noted then.
   *
   * @throws as `carryOut`
   */
  open(permitted: PermittedCall, bounds: Bounds): Promise<AnswerPieces>;
}

/** What the proxy waits beyond the adapter's own time limit, so that the adapter's answer about a timeout arrives. */
const marginMs = 1_000;

export function createAdapterClient(clients: ReadonlyMap<string, ServiceClient>): AdapterClient {
  return {
    async carryOut(permitted, bounds) {
      const response = await send(clientFor(clients, permitted), permitted, bounds);
      noteUpstreamMs(response, permitted);
      return readResult(response, permitted);
    },
    async open(permitted, bounds) {
      const startedAt = performance.now();
      const response = await openStream(clientFor(clients, permitted), permitted, bounds);
      if (response.status === 200) return readPieces(response.body, permitted.call, startedAt);
      const refusal = await gatherAnswer(response);
      noteUpstreamMs(refusal, permitted);
      throw toCallFailure(refusal, permitted.call.action.manifest.effect);
    },
  };
}

function clientFor(clients: ReadonlyMap<string, ServiceClient>, { call }: PermittedCall): ServiceClient {
  const client = clients.get(call.tool.name);
  if (client === undefined) throw new ProblemError('tool.unknown');
  return client;
}

async function send(
  client: ServiceClient,
  permitted: PermittedCall,
  { signal, endsAt }: Bounds,
): Promise<ServiceResponse> {
  const { effect } = permitted.call.action.manifest;
  const limitMs = timeLimitMs(permitted, endsAt);
  try {
    return await client.request({
      ...toRequest(permitted, limitMs),
      timeoutMs: limitMs + marginMs,
      ...(effect === 'read' ? { signal } : {}),
    });
  } catch (error) {
    throw toLostCall(error, permitted.call);
  }
}

async function openStream(
  client: ServiceClient,
  permitted: PermittedCall,
  { signal, endsAt }: Bounds,
): Promise<OpenServiceResponse> {
  const { streaming } = permitted.call.action.manifest;
  const headTimeoutMs = timeLimitMs(permitted, endsAt);
  const { timeoutMs, idleTimeoutMs } = streaming ?? {
    timeoutMs: headTimeoutMs,
    idleTimeoutMs: headTimeoutMs,
  };
  try {
    return await client.open({
      ...toRequest(permitted, headTimeoutMs),
      signal,
      timeoutMs: timeoutMs + marginMs,
      headTimeoutMs: headTimeoutMs + marginMs,
      idleTimeoutMs: idleTimeoutMs + marginMs,
    });
  } catch (error) {
    throw toLostCall(error, permitted.call);
  }
}

/** What an attempt may take: as long as the manifest says, and the caller waits. Of a stream, until it begins. */
export function timeLimitMs({ call }: PermittedCall, endsAt: number): number {
  const leftMs = Math.floor(endsAt - performance.now());
  return Math.max(1, Math.min(call.action.manifest.timeoutMs, leftMs));
}

function toRequest({ call, permit }: PermittedCall, limitMs: number) {
  const { attempts = 1 } = call.observed;
  const body: AdapterRequest = { callId: call.callId, params: call.params };
  return {
    method: 'POST',
    path: `/actions/${call.action.name}`,
    headers: { [headers.permit]: permit, [headers.timeLimit]: String(limitMs) },
    body,
    resendCount: attempts - 1,
    leavesSilence: call.action.manifest.effect !== 'effect',
    onRepeat: () => {
      call.observed.hasUntoldCosts = true;
    },
  } as const;
}

function noteUpstreamMs(response: ServiceResponse, { call }: PermittedCall): void {
  const upstreamMs = readUpstreamMs(response.headers['server-timing']);
  if (upstreamMs !== undefined) addTime(call.observed.timings, 'upstream', upstreamMs);
}

function readResult(response: ServiceResponse, { call }: PermittedCall): unknown {
  const { effect } = call.action.manifest;
  if (response.status !== 200) throw toCallFailure(response, effect);
  const answer = jsonOf(response);
  if (isObject(answer) && Object.hasOwn(answer, 'result')) {
    const usage = usageSchema.safeParse(answer.usage);
    if (usage.success) call.observed.usage = usage.data;
    return answer.result;
  }
  throw lostAnswer(effect, unexpectedAnswer(call.tool.name, response));
}

/** `Server-Timing: upstream;dur=12.5` as adapters send it, also with failures. */
function readUpstreamMs(header: string | string[] | undefined): number | undefined {
  const duration = /(?:^|,)\s*upstream;dur=(\d{1,9}(?:\.\d{1,9})?)(?:$|[,;\s])/.exec(
    String(header ?? ''),
  )?.[1];
  return duration === undefined ? undefined : Number(duration);
}
