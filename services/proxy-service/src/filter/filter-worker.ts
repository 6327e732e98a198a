import { parentPort } from 'node:worker_threads';
import { compileAnswerRules } from '../domain/answer/answer-rules.ts';
import { type FilterVerdict, filterAnswer } from '../domain/answer/filter-answer.ts';
import type { FilterJob } from './filter-thread.ts';

/** What runs in the thread: says that it has started, then answers each job with its verdict. */
parentPort?.on('message', (job: FilterJob) => parentPort?.postMessage(judge(job)));
parentPort?.postMessage('started');

function judge({ obligations, answer }: FilterJob): FilterVerdict {
  const rules = compileAnswerRules(obligations);
  return rules === undefined ? { kind: 'passed', answer } : filterAnswer(rules, answer);
}
