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
 * Keeps a slow provider from holding up more attempts than are its share; those beyond it do not wait. A stream counts until it begins.
 *
 * @throws ProblemError `overload.shed`, never dispatched; what an attempt throws
 */
export function bulkhead<Out>(bulkheads: Bulkheads): Layer<Out> {
  return (next) => async (permitted, bounds) => {
    const target = targetOf(permitted.call);
    const inTool = () => bulkheads.get({ ...target, host: undefined }).execute(() => next(permitted, bounds));
    try {
      return await (target.host === undefined ? inTool() : bulkheads.get(target).execute(inTool));
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? shed(error) : error;
    }
  };
}

function shed(cause: BulkheadRejectedError): ProblemError {
  return new ProblemError('overload.shed', {
    detail: 'The tool has as many calls under way as it may have.',
    cause,
    headers: { 'Retry-After': '1' },
    extensions: { dispatched: 'no' },
  });
}
