import { toProblem } from '@4runr/contracts/problem';
import type { JobEnd } from '../../domain/job.ts';

/** How a job ends whose turn did not come in time. */
export function notBegun(waitMaxSeconds: number): JobEnd {
  const detail = `It could not be begun within ${waitMaxSeconds} seconds. Nothing of it was carried out.`;
  return {
    status: 'failed',
    answer: { kind: 'problem', problem: toProblem('service.unavailable', { detail }) },
  };
}
