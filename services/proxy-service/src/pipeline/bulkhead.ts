import { ProblemError } from '@4runr/service-kit/errors';
import { type BulkheadPolicy, BulkheadRejectedError, bulkhead as limitTo } from 'cockatiel';
import { createTargets, type Targets, targetOf } from '../domain/targets.ts';
import type { Layer } from './layer.ts';

export interface BulkheadLimits {
  /** Attempts that a tool may have under way at a replica. */
  readonly ofTool: number;
  /** Of these, the ones at one host, where a tool speaks to many. */
  readonly ofHost: number;
}

/** Shared by all calls of a replica. */
export type Bulkheads = Targets<BulkheadPolicy>;

export function createBulkheads({ ofTool, ofHost }: BulkheadLimits): Bulkheads {
  return createTargets(({ host }) => limitTo(host === undefined ? ofTool : ofHost));
}

/**
 * What an attempt with an answer hands on. It keeps its place until it leaves, which what it hands on has to see to.
 */
export type Stay<Out> = (answered: Out, leave: () => void) => Out;

/** An answer that is whole needs no place any more. */
const leaveAtOnce = <Out>(answered: Out, leave: () => void): Out => {
  leave();
  return answered;
};

/**
 * Keeps a slow provider from holding up more attempts than are its share; those beyond it do not wait.
 *
 * @throws ProblemError `overload.shed`, never dispatched; what an attempt throws
 */
export function bulkhead<Out>(bulkheads: Bulkheads, stay: Stay<Out> = leaveAtOnce): Layer<Out> {
  return (next) => async (permitted, bounds) => {
    const target = targetOf(permitted.call);
    const inTool = () =>
      occupy(bulkheads.get({ ...target, host: undefined }), () => next(permitted, bounds), stay);
    try {
      return await (target.host === undefined ? inTool() : occupy(bulkheads.get(target), inTool, stay));
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? shed(error) : error;
    }
  };
}

function occupy<Out>(places: BulkheadPolicy, attempt: () => Promise<Out>, stay: Stay<Out>): Promise<Out> {
  const answered = Promise.withResolvers<Out>();
  const left = Promise.withResolvers<void>();
  places
    .execute(async () => {
      answered.resolve(stay(await attempt(), left.resolve));
      await left.promise;
    })
    .catch(answered.reject);
  return answered.promise;
}

function shed(cause: BulkheadRejectedError): ProblemError {
  return new ProblemError('overload.shed', {
    detail: 'The tool has as many calls under way as it may have.',
    cause,
    headers: { 'Retry-After': '1' },
    extensions: { dispatched: 'no' },
  });
}
