import type { AccessTokenAuthority } from '@4runr/service-kit/access-token';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { CompletedCall, ReceivedCall, StreamedCall } from '../domain/call.ts';
import type { Capacity } from '../domain/capacity.ts';
import type { Circuits } from '../domain/circuits.ts';
import type { KeyStore } from '../domain/keyed-call.ts';
import type { ToolRegistry } from '../domain/tool.ts';
import type { EventLoopWatch } from '../event-loop.ts';
import type { AnswerFilter } from '../filter/answer-filter.ts';
import type { AdapterClient } from '../mesh/adapter-client.ts';
import type { PolicyClient } from '../mesh/policy-client.ts';
import type { ProxyMetrics } from '../metrics.ts';
import { admit } from './admit.ts';
import { answerFromCache } from './answer-from-cache.ts';
import { atMostOnce } from './at-most-once.ts';
import { authenticate } from './authenticate.ts';
import { authorize, type PermittedCall } from './authorize.ts';
import { breaker } from './breaker.ts';
import { type Bulkheads, bulkhead, type Stay } from './bulkhead.ts';
import { deadline } from './deadline.ts';
import { type AcceptedJob, type EnqueueParts, enqueue } from './enqueue.ts';
import type { FetchParts } from './fetch-answer.ts';
import { filter, filterOrLimit } from './filter.ts';
import { type ForwardedCall, forward, type OpenedCall, open, untilStreamEnds } from './forward.ts';
import { clientKeyOf, idempotency, jobKeyOf, type KeyOf, releasingKey } from './idempotency.ts';
import { type Layer, layered } from './layer.ts';
import { type Pipeline, pipeline } from './pipeline.ts';
import { type RecalledCall, type RecallParts, recall } from './recall.ts';
import type { RefusalLog } from './refusal.ts';
import { resolve } from './resolve.ts';
import { type RetryBudgets, retry } from './retry.ts';
import type { OutcomeLedger } from './settlement.ts';
import { share } from './share.ts';
import { validate } from './validate.ts';

export type RunningParts = PipelineParts & RecallParts;

export interface PipelineParts {
  readonly kit: Kit;
  readonly capacity: Capacity;
  readonly eventLoop: EventLoopWatch;
  readonly authority: AccessTokenAuthority;
  readonly tools: ToolRegistry;
  readonly keys: KeyStore;
  readonly policy: PolicyClient;
  readonly adapters: AdapterClient;
  readonly filterAnswer: AnswerFilter;
  readonly metrics: ProxyMetrics;
  readonly ledger: OutcomeLedger;
  readonly refusals: RefusalLog;
  /** Without them nothing is tried twice. */
  readonly retryBudgets: RetryBudgets | undefined;
  /** Without them every attempt is made. */
  readonly circuits: Circuits | undefined;
  readonly bulkheads: Bulkheads;
  /** Without them no answer is kept. */
  readonly answers: FetchParts | undefined;
}

/** The way of a call (design section 6), in order; a file each. */
export function createCallPipeline(parts: PipelineParts): Pipeline<ReceivedCall, CompletedCall> {
  return untilPermitted(parts)
    .step('forward', layered<ForwardedCall>(aroundWhole(parts), forward(parts)))
    .finish('filter', filter(parts));
}

/** The same way, for an endpoint whose answers can be handed on while they come. */
export function createStreamingPipeline(
  parts: PipelineParts,
): Pipeline<ReceivedCall, CompletedCall | StreamedCall> {
  const forwardWhole = layered<ForwardedCall>(aroundWhole(parts), forward(parts));
  const openStream = layered<OpenedCall>(precautions(parts, { stay: untilStreamEnds }), open(parts));
  return untilPermitted(parts)
    .step('forward', (permitted) => (permitted.call.streamed ? openStream : forwardWhole)(permitted))
    .finish('filter', filterOrLimit(parts));
}

/** What stands around the carrying out of calls whose answers come whole, from the outside in. */
function aroundWhole(parts: PipelineParts): readonly Layer<ForwardedCall>[] {
  return [atMostOnce(), ...precautions(parts, { cache: cacheOf(parts) })];
}

/** Streams are not kept. */
function cacheOf({ answers }: PipelineParts): readonly Layer<ForwardedCall>[] {
  return answers === undefined ? [] : [answerFromCache(answers)];
}

/** What stands around every exchange with an adapter, from the outside in (ADR 34). */
function precautions<Out>(
  parts: PipelineParts,
  { cache = [], stay }: { readonly cache?: readonly Layer<Out>[]; readonly stay?: Stay<Out> },
): readonly Layer<Out>[] {
  const { circuits } = parts;
  return [
    // The caller's time goes for everything within.
    deadline<Out>(),
    // One exchange may serve many callers: what is theirs stands outside, what is the exchange's within (ADR 36).
    ...cache,
    // Each attempt passes what stands within anew: a breaker that opens meanwhile ends the retries.
    ...(parts.retryBudgets === undefined ? [] : [retry<Out>(parts.retryBudgets)]),
    // Outside the bulkhead: what fails at once needs no place, and what finds none says nothing of the provider.
    ...(circuits === undefined ? [] : [breaker<Out>({ circuits, metrics: parts.metrics })]),
    bulkhead<Out>(parts.bulkheads, stay),
  ];
}

/** The way of a call that is to be carried out later: it is decided, and then waits. Its share of quotas is not taken yet. */
export function createAcceptingPipeline(
  parts: PipelineParts & EnqueueParts,
): Pipeline<ReceivedCall, AcceptedJob> {
  return untilPermitted(parts, noKey).step('enqueue', enqueue(parts));
}

/** What is done when its turn has come: it is decided anew, for who its agent is now, and carried out as any other. */
export function createRunningPipeline(parts: RunningParts): Pipeline<RecalledCall, CompletedCall> {
  return pipeline<RecalledCall>()
    .step('recall', recall(parts))
    .step('resolve', resolve(parts))
    .step('validate', validate())
    .step('idempotency', idempotency({ ...parts, keyOf: jobKeyOf }))
    .step('authorize', releasingKey(authorize(parts)))
    .step('forward', layered<ForwardedCall>(aroundWhole(parts), forward(parts)))
    .finish('filter', filter(parts));
}

/** What is only accepted reserves no key: its run will. */
const noKey: KeyOf = () => undefined;

function untilPermitted(parts: PipelineParts, keyOf = clientKeyOf): Pipeline<ReceivedCall, PermittedCall> {
  return pipeline<ReceivedCall>()
    .step('admit', admit(parts))
    .step('authenticate', authenticate(parts))
    .step('share', share(parts))
    .step('resolve', resolve(parts))
    .step('validate', validate())
    .step('idempotency', idempotency({ ...parts, keyOf }))
    .step('authorize', releasingKey(authorize(parts)));
}
