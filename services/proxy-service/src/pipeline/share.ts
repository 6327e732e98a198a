import { ProblemError } from '@4runr/service-kit/errors';
import type { AuthenticatedCall } from '../domain/call.ts';
import type { Capacity } from '../domain/capacity.ts';
import type { Step } from './pipeline.ts';

/** Does the agent leave room for others? @throws ProblemError `rate.limited` */
export function share({
  capacity,
}: {
  readonly capacity: Capacity;
}): Step<AuthenticatedCall, AuthenticatedCall> {
  return (call) => {
    const leave = capacity.share(call.agent.id);
    if (leave === undefined)
      throw new ProblemError('rate.limited', {
        detail: 'This agent has more calls in flight than leave room for others.',
        headers: { 'Retry-After': '1' },
      });
    call.onEnd(leave);
    return call;
  };
}
