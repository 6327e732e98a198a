import { ProblemError } from '@4runr/service-kit/errors';
import type { ReceivedCall } from '../domain/call.ts';
import type { Capacity } from '../domain/capacity.ts';
import type { EventLoopWatch } from '../event-loop.ts';
import type { Step } from './pipeline.ts';

/**
 * Is there room for one more call? What cannot be carried in time is turned away before anything of it is looked at: an answer
 * costs less now than later. @throws ProblemError `overload.shed`
 */
export function admit({
  capacity,
  eventLoop,
}: {
  readonly capacity: Capacity;
  readonly eventLoop: EventLoopWatch;
}): Step<ReceivedCall, ReceivedCall> {
  return (call) => {
    if (Math.random() < eventLoop.excess()) throw shed();
    const leave = capacity.enter();
    if (leave === undefined) throw shed();
    call.onEnd(leave);
    return call;
  };
}

function shed(): ProblemError {
  return new ProblemError('overload.shed', { headers: { 'Retry-After': '1' } });
}
