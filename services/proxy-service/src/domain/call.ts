import type { CacheUse, Params, Usage } from '@4runr/contracts/call';
import type { ActingAgent, Facts, QuotaState } from '@4runr/contracts/decision';
import type { AccessTokenClaims } from '@4runr/contracts/token';
import type { PresentedToken } from '@4runr/service-kit/access-token';
import type { CacheHandling } from './cache/cache-handling.ts';
import type { CallCosts } from './call-costs.ts';
import type { KeyedCall } from './keyed-call.ts';
import type { Tool, ToolAction } from './tool.ts';

/** A call as it came in: nothing of it has been believed yet. */
export interface ReceivedCall {
  /** Ours; one per request. */
  readonly callId: string;
  readonly traceId: string;
  /** Names as they stand in the path, or as the path stands for them. */
  readonly toolName: string;
  readonly actionName: string;
  readonly presented: PresentedToken;
  /** The `Agent-Intent` header. */
  readonly intent: string | undefined;
  /** The `Idempotency-Key` headers. */
  readonly idempotencyKeys: readonly string[];
  /** The `Cache-Control` header. */
  readonly cacheControl: string | undefined;
  /** The `Job-Webhook` headers, where the call is to become a job. */
  readonly webhooks?: readonly string[];
  /** Whether its answer can be handed on while it comes, if the parameters ask for that. */
  readonly takesStream: boolean;
  /** Reads and parses the body. Not before somebody is known to be asking. @throws what the body parser throws */
  readonly readBody: () => Promise<ReceivedBody>;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
  /** Is done when the call has come to its end, and its answer is out or nobody waits for it any more. */
  readonly onEnd: (end: () => void) => void;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  /** When the caller's time is up, on the same clock. */
  readonly endsAt: number;
  /** How much of it the caller has asked for, as far as that is honoured, in seconds. */
  readonly waitSeconds: number | undefined;
  readonly observed: Observed;
}

export interface ReceivedBody {
  /** `undefined` where there was none. */
  readonly body: unknown;
  /** Its length as it arrived. */
  readonly bytes: number;
}

/** What is seen of a call while it runs, for its record and its answer's headers. Steps add to it, also when they fail. */
export interface Observed {
  readonly timings: Timings;
  agent?: Agent;
  decisionId?: string;
  /** The time that an allowing decision is recorded under, as its outcome will be. */
  recordedAt?: string;
  /** Id of the earlier call with the same idempotency key that this one is answered by. */
  replayOf?: string;
  /** The job that the call became, or is a run of. */
  jobId?: string;
  /** How often the adapter was asked; an attempt counts from its beginning. */
  attempts?: number;
  /** Whether an attempt that was followed by another may have cost something at the provider, which nobody tells. */
  hasUntoldCosts?: true;
  /** What became of the call at the cache of answers; absent where nothing was asked of it. */
  cache?: CacheUse;
  /** What the call costs, once policy was asked. */
  costs?: CallCosts;
  /** The same, as the cache tells of it; absent where there is none. */
  cacheHandling?: CacheHandling;
  /** What the call consumed at its provider, by unit. */
  usage?: Usage;
  /** State of the quotas that applied. */
  quota?: readonly QuotaState[];
}

/** Where the time of a call went, in milliseconds; an entry appears when its stage has ended. */
export interface Timings {
  auth?: number;
  policy?: number;
  /** Until the cache of answers has said what it holds. */
  cache?: number;
  /** The exchanges with the adapter. */
  adapter?: number;
  /** The part of `adapter` that the adapter waited for its provider. */
  upstream?: number;
  /** Pauses between attempts. */
  backoff?: number;
}

/** Each attempt adds to what the ones before it took. */
export function addTime(timings: Timings, stage: keyof Timings, ms: number): void {
  timings[stage] = (timings[stage] ?? 0) + ms;
}

/** Who calls, as the verified access token says. */
export interface Agent {
  readonly id: string;
  readonly clientId: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** Who acts for the agent; null where it calls by itself. Each needs permission of its own. */
  readonly act: ActingAgent | null;
  /** Times in seconds since the epoch. */
  readonly tokenIssuedAt: number;
  readonly tokenExpiresAt: number;
}

export interface AuthenticatedCall extends ReceivedCall {
  /** Of the token: what a revocation may name. */
  readonly claims: AccessTokenClaims;
  readonly agent: Agent;
}

export interface ResolvedCall extends AuthenticatedCall {
  readonly tool: Tool;
  readonly action: ToolAction;
}

export interface ValidatedCall extends ResolvedCall {
  readonly params: Params;
  readonly facts: Facts;
  readonly requestBytes: number;
  /** Whether the answer is to be handed on while it comes. */
  readonly streamed: boolean;
  /** How it stands to its idempotency key; absent where it has none. */
  readonly keyed?: KeyedCall;
}

export interface CompletedCall {
  readonly result: unknown;
}

/** A call whose answer has begun. What is left of it comes while it is handed on. */
export interface StreamedCall {
  readonly pieces: AnswerPieces;
  /** Longest time until all of it is read, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The pieces of an answer, each a JSON text, read no faster than they are asked for. It must be read or returned from.
 *
 * Throws `ProblemError` where the answer breaks off, `ClientGoneError` when nobody waits for it any more.
 */
export type AnswerPieces = AsyncGenerator<string, void, void>;

/** The client has gone before its call came to an end; nobody is left to be told. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';

  constructor(options?: ErrorOptions) {
    super('the client has gone', options);
  }
}
