import { actingAgentsOf } from '@4runr/contracts/decision';
import { ProblemError } from '@4runr/service-kit/errors';
import { hashParams } from '@4runr/service-kit/mesh';
import type { ValidatedCall } from '../domain/call.ts';
import type { CallKey, Claim, KeyedCall, KeyStore } from '../domain/keyed-call.ts';
import type { ProxyMetrics } from '../metrics.ts';
import { parseIdempotencyKey } from './idempotency-key.ts';
import type { Step } from './pipeline.ts';

/** The key that a call goes by; `undefined` where it has none. @throws ProblemError `request.invalid` */
export type KeyOf = (call: ValidatedCall) => CallKey | undefined;

/**
 * Was this call made before? One with a key is made by whoever reserves the key, and any other is answered by what came of that one.
 * When the call ends without having been dispatched, its key serves again.
 *
 * @throws ProblemError `request.invalid` for a key that is none, or of an answer that is to be streamed; `idempotency.conflict`,
 * `idempotency.in_progress`; `rate.limited` where the agent has used too many keys; `service.unavailable` when nothing is known
 */
export function idempotency(parts: {
  keys: KeyStore;
  keyOf: KeyOf;
  metrics: Pick<ProxyMetrics, 'idempotency'>;
}): Step<ValidatedCall, ValidatedCall> {
  const { keys, keyOf, metrics } = parts;
  const look = async (call: ValidatedCall, key: CallKey): Promise<ValidatedCall> => {
    const claim = await keys.claim(key, { callId: call.callId, request: requestOf(call) });
    metrics.idempotency.inc({ result: resultOf(claim) });
    const keyed = keyedBy(claim);
    if (keyed.kind === 'held') call.onEnd(() => void keyed.hold.release());
    return { ...call, keyed };
  };
  return (call) => {
    const key = keyOf(call);
    if (key === undefined) return call;
    if (call.streamed) throw notOfStreams();
    return look(call, key);
  };
}

/** A step for calls with keys: where it fails, the key serves again before anybody hears of it. */
export function releasingKey<Out>(step: Step<ValidatedCall, Out>): Step<ValidatedCall, Out> {
  return async (call) => {
    try {
      return await step(call);
    } catch (error) {
      if (call.keyed?.kind === 'held') await call.keyed.hold.release();
      throw error;
    }
  };
}

/** The keys that clients send belong to the agent, and to whoever acts for it, together. */
export const clientKeyOf: KeyOf = ({ idempotencyKeys, agent }) => {
  const value = parseIdempotencyKey(idempotencyKeys);
  if (value === undefined) return undefined;
  const actors = actingAgentsOf(agent.act).map(({ id }) => id);
  return { space: 'client', holder: [agent.id, ...actors], value };
};

/**
 * A job goes by its client's key, or by its own, so that whoever takes it over does nothing twice. Reads need none: without one they
 * can be broken off and repeated.
 */
export const jobKeyOf: KeyOf = (call) => {
  if (call.action.manifest.effect === 'read') return undefined;
  const ownKey: CallKey = {
    space: 'job',
    holder: [call.agent.id],
    value: call.observed.jobId ?? call.callId,
  };
  return clientKeyOf(call) ?? ownKey;
};

/** The same parameters of the same action, whatever version its adapter has by now. */
export function requestOf({ action, params }: ValidatedCall): string {
  return `${action.scope} ${hashParams(params)}`;
}

function keyedBy(claim: Claim): KeyedCall {
  switch (claim.kind) {
    case 'held':
    case 'replay':
      return claim;
    case 'conflict':
      throw new ProblemError('idempotency.conflict');
    case 'running':
      throw inProgress();
    case 'full':
      throw new ProblemError('rate.limited', {
        detail: 'This agent has used more idempotency keys than are kept.',
        headers: { 'Retry-After': String(claim.retryAfterSeconds) },
      });
  }
}

export function inProgress(): ProblemError {
  return new ProblemError('idempotency.in_progress', { headers: { 'Retry-After': '1' } });
}

function notOfStreams(): ProblemError {
  const detail =
    'An answer that is streamed is not kept: ask without Idempotency-Key, or for a whole answer.';
  return new ProblemError('request.invalid', { detail });
}

function resultOf(claim: Claim): string {
  if (claim.kind !== 'replay') return claim.kind;
  return claim.earlier.outcome.kind === 'unknown' ? 'unknown' : 'replayed';
}
