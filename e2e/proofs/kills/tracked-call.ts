import { hashParams } from '@4runr/service-kit/mesh';
import type { Pool } from 'undici';

/** A call whose parameters no other call has: by them it is found in the audit trail, whether or not it was answered. */
export interface TrackedCall {
  readonly tool: string;
  readonly action: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A call as its client saw it. */
export interface SeenCall extends TrackedCall {
  /** As the audit trail records it. */
  readonly paramsSha256: string;
  /** `200`, the `code` of a problem document, or `unknown` where no answer came. */
  readonly code: string;
  /** What the answer tells of the record: the id of a call that was carried out, else of the decision. */
  readonly callId: string | undefined;
  readonly decisionId: string | undefined;
  /** Milliseconds on the monotonic clock. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

interface ToldOf {
  readonly code?: string;
  readonly decisionId?: string;
  readonly meta?: { readonly callId: string };
}

/** Longest wait for an answer: longer than any deadline in the mesh. */
const answeredWithinMs = 60_000;

/** Sends the call once. A broken connection is an outcome as well: whether the call was carried out is then unknown. */
export async function sendCall(edge: Pool, token: string, call: TrackedCall): Promise<SeenCall> {
  const sentAt = performance.now();
  const { code, callId, decisionId } = await ask(edge, token, call);
  const paramsSha256 = hashParams(call.params);
  return { ...call, paramsSha256, code, callId, decisionId, sentAt, answeredAt: performance.now() };
}

type Told = Pick<SeenCall, 'code' | 'callId' | 'decisionId'>;

const unknown: Told = { code: 'unknown', callId: undefined, decisionId: undefined };

async function ask(edge: Pool, token: string, { tool, action, params }: TrackedCall): Promise<Told> {
  try {
    const { statusCode, body } = await edge.request({
      method: 'POST',
      path: `/v1/tools/${tool}/${action}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(params),
      headersTimeout: answeredWithinMs,
      bodyTimeout: answeredWithinMs,
    });
    const told = (await body.json()) as ToldOf;
    const code = statusCode === 200 ? '200' : (told.code ?? String(statusCode));
    return { code, callId: told.meta?.callId, decisionId: told.decisionId };
  } catch {
    return unknown;
  }
}

/** A mail that no other has the subject of. */
export function mailCall(subject: string, to = 'ada@company.com'): TrackedCall {
  return { tool: 'gmail_send', action: 'send', params: { to, subject, text: 'Hello' } };
}
