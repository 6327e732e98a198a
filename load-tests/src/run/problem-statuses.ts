import { problemKinds } from '@4runr/contracts/problem';
import type { ProblemStatuses } from '../mix/judge-answer.ts';

/** Of every code, handed to `judgeAnswer`, which runs in k6 too and can load no package there. */
export const problemStatuses: ProblemStatuses = Object.fromEntries(
  Object.entries(problemKinds).map(([code, { status }]) => [code, status]),
);
