import type { Kit } from '@4runr/service-kit/lifecycle';
import type { AnswerRules } from '../domain/answer/answer-rules.ts';
import { type FilterVerdict, filterAnswer } from '../domain/answer/filter-answer.ts';
import { createFilterThread, type FilterThread } from './filter-thread.ts';

/** Carries out obligations on answers without holding up other calls. Never rejects. */
export type AnswerFilter = (rules: AnswerRules, answer: unknown) => Promise<FilterVerdict>;

/** What is done at once, in steps: 40 ms at the very worst, usually one. Everything longer goes to the thread. */
const stepsAtOnce = 2_000_000;

export function createAnswerFilter(kit: Pick<Kit, 'onClose'>): AnswerFilter {
  const thread = createFilterThread();
  kit.onClose('filter thread', thread.close);
  return answerFilter(thread, stepsAtOnce);
}

export function answerFilter(thread: Pick<FilterThread, 'run'>, stepsMax: number): AnswerFilter {
  return async (rules, answer) => {
    const verdict = filterAnswer(rules, answer, stepsMax);
    return verdict.kind === 'unfinished' ? thread.run({ obligations: rules.obligations, answer }) : verdict;
  };
}
