import { setTimeout as delay } from 'node:timers/promises';
import type { ProblemCode } from '@4runr/contracts/problem';
import { hashParams } from '@4runr/service-kit/mesh';
import type { Pool } from 'undici';
import { mailCall } from './tracked-call.ts';

/** What is known of a mail when its client has stopped asking. */
export type MailEnd = 'sent' | 'not sent' | 'unknown';

/** A mail as its client saw it. */
export interface SeenMail {
  readonly subject: string;
  readonly end: MailEnd;
  /** `200`, or the code of the problem that was the last word. */
  readonly code: string;
  /** How often it was asked for, always with the same key. */
  readonly requests: number;
  /** How many of the answers were given for an earlier request. */
  readonly replays: number;
  /** As the audit trail records its parameters. */
  readonly paramsSha256: string;
}

/** Whoever is told to come back, or nothing, waits so long, in milliseconds. */
const pauseMs = 100;

/** Far more than any mesh that heals needs. */
const requestsMax = 600;

/** What says that nothing was done for now: the same key serves again. */
const comeBack: ReadonlySet<string> = new Set<ProblemCode>([
  'idempotency.in_progress',
  'overload.shed',
  'rate.limited',
  'breaker.open',
  'policy.unavailable',
  'service.unavailable',
]);

/**
 * Sends a mail by asking with one key until there is an end: it was sent, the provider has refused it, or the gateway says of an
 * earlier request that nobody knows. Sometimes it asks once more, as for an answer that got lost.
 *
 * @throws Error for an answer that a client could make nothing of, or when a second answer says the opposite
 */
export async function sendMail(
  edge: Pool,
  { subject, token, key, asksAgain }: { subject: string; token: string; key: string; asksAgain: boolean },
): Promise<SeenMail> {
  let replays = 0;
  let known: Known | undefined;
  for (let requests = 1; requests <= requestsMax; requests += 1) {
    const told = await ask(edge, { token, key, body: JSON.stringify(mailCall(subject).params) });
    if (told.isReplay) replays += 1;
    const end = endOf(told);
    if (end === undefined) {
      await delay(pauseMs);
      continue;
    }
    const isFirst = known === undefined;
    known = surer(known, { end, code: told.code }, subject);
    if (isFirst && asksAgain) continue;
    return { subject, ...known, requests, replays, paramsSha256: hashParams(mailCall(subject).params) };
  }
  throw new Error(`${subject}: no end after ${requestsMax} requests`);
}

type Known = Pick<SeenMail, 'end' | 'code'>;

/** What was answered can get lost in the gateway before it is kept, and be unknown later; or the other way round. */
function surer(before: Known | undefined, now: Known, subject: string): Known {
  if (before === undefined || before.end === 'unknown') return now;
  if (now.end === 'unknown' || now.end === before.end) return before;
  throw new Error(`${subject} was ${before.end}, then ${now.end}`);
}

interface Told {
  /** `200`, the code of a problem, or `no answer`. */
  readonly code: string;
  readonly isReplay: boolean;
  readonly dispatched?: string | undefined;
  readonly upstreamStatus?: number | undefined;
}

/** Longest wait for an answer, in milliseconds: longer than the call is given. */
const answeredWithinMs = 30_000;

async function ask(
  edge: Pool,
  { token, key, body }: { token: string; key: string; body: string },
): Promise<Told> {
  try {
    const answer = await edge.request({
      method: 'POST',
      path: '/v1/tools/gmail_send/send',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
        // A provider that is silent is not waited for: nobody knows what it did.
        prefer: 'wait=3',
      },
      body,
      headersTimeout: answeredWithinMs,
      bodyTimeout: answeredWithinMs,
    });
    const told = (await answer.body.json()) as Partial<Told>;
    const code = answer.statusCode === 200 ? '200' : (told.code ?? String(answer.statusCode));
    return { ...told, code, isReplay: answer.headers['idempotency-replayed'] === 'true' };
  } catch {
    return { code: 'no answer', isReplay: false };
  }
}

/** `undefined` as long as asking again may tell more. */
function endOf({ code, isReplay, dispatched, upstreamStatus }: Told): MailEnd | undefined {
  if (code === '200') return 'sent';
  if (code === 'no answer' || comeBack.has(code) || dispatched === 'no') return undefined;
  // Of the edge, or of a replica that is about to be killed: who asks again hears what is kept.
  if (code === 'upstream.outcome_unknown') return isReplay ? 'unknown' : undefined;
  if (upstreamStatus !== undefined) return 'not sent';
  throw new Error(`the client was told ${code}`);
}
