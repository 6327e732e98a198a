import { type AdapterRequest, usageSchema } from '@4runr/contracts/call';
import { headers } from '@4runr/contracts/headers';
import { ServiceCallError, type ServiceClient, type ServiceResponse } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import { ClientGoneError } from '../domain/call.ts';
import { isObject } from '../domain/json-object.ts';
import type { PermittedCall } from '../pipeline/authorize.ts';
import { lostAnswer, toCallFailure, unreachable } from './call-failure.ts';
import { jsonOf, unexpectedAnswer } from './json-answer.ts';

export interface AdapterClient {
  /**
   * Sends a call to its adapter, once, and answers with the result; notes how long the provider took
   * and what was used. A read ends when the
   * client has gone; an effect is carried through, since half of it may have happened.
   *
   * @throws ProblemError what the adapter answered about the call; `upstream.timeout`, `service.unavailable`, or for an
   * effect that may have happened `upstream.outcome_unknown`
   * @throws ClientGoneError when a read has ended for that
   */
  carryOut(permitted: PermittedCall): Promise<unknown>;
}

/** What the proxy waits beyond the adapter's own time limit, so that the adapter's answer about a timeout arrives. */
const marginMs = 1_000;

export function createAdapterClient(clients: ReadonlyMap<string, ServiceClient>): AdapterClient {
  return {
    async carryOut(permitted) {
      const { call } = permitted;
      const client = clients.get(call.tool.name);
      if (client === undefined) throw new ProblemError('tool.unknown');
      const response = await send(client, permitted);
      const upstreamMs = readUpstreamMs(response.headers['server-timing']);
      if (upstreamMs !== undefined) call.observed.timings.upstream = upstreamMs;
      return readResult(response, permitted);
    },
  };
}

async function send(client: ServiceClient, { call, permit }: PermittedCall): Promise<ServiceResponse> {
  const { effect, timeoutMs } = call.action.manifest;
  const body: AdapterRequest = { callId: call.callId, params: call.params };
  try {
    return await client.request({
      method: 'POST',
      path: `/actions/${call.action.name}`,
      headers: { [headers.permit]: permit },
      body,
      timeoutMs: timeoutMs + marginMs,
      ...(effect === 'read' ? { signal: call.signal } : {}),
    });
  } catch (error) {
    if (!(error instanceof ServiceCallError)) throw error;
    if (error.failure === 'aborted') throw new ClientGoneError({ cause: error });
    throw error.dispatched === 'no' ? unreachable(call.tool.name, error) : lostAnswer(effect, error);
  }
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
