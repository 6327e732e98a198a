import { ProblemError } from '@4runr/service-kit/errors';
import type { Layer } from './layer.ts';

/**
 * Begins nothing for a caller whose time is up (`Bounds.endsAt`). What stands within sees to it that it ends in time: no attempt has
 * longer than what is left, no pause goes beyond it, and whoever waits for others gives up then.
 *
 * @throws ProblemError `upstream.timeout`, never dispatched
 */
export function deadline<Out>(): Layer<Out> {
  return (next) => async (permitted, bounds) => {
    if (performance.now() >= bounds.endsAt) throw expired();
    return next(permitted, bounds);
  };
}

function expired(): ProblemError {
  return new ProblemError('upstream.timeout', {
    detail: 'The time that the caller gives was over before the provider was asked.',
    extensions: { dispatched: 'no' },
  });
}
