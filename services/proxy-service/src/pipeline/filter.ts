import type { Effect } from '@4runr/contracts/manifest';
import type { ProblemCode } from '@4runr/contracts/problem';
import { ProblemError } from '@4runr/service-kit/errors';
import type { FilterVerdict } from '../domain/answer/filter-answer.ts';
import type { CompletedCall } from '../domain/call.ts';
import type { AnswerFilter } from '../filter/answer-filter.ts';
import type { ForwardedCall } from './forward.ts';
import type { Step } from './pipeline.ts';

/**
 * Does to the answer what the decision obliges to. Without obligations on it there is nothing to do.
 *
 * @throws ProblemError `response.blocked`, `response.too_large`; the call was carried out, and they say so
 */
export function filter(parts: { filterAnswer: AnswerFilter }): Step<ForwardedCall, CompletedCall> {
  return (forwarded) => {
    const { permitted, unfiltered, attempts } = forwarded;
    if (permitted.answerRules === undefined) return { result: unfiltered, attempts };
    return parts
      .filterAnswer(permitted.answerRules, unfiltered)
      .then((verdict) => ({ result: passed(verdict, forwarded), attempts }));
  };
}

function passed(verdict: FilterVerdict, { permitted }: ForwardedCall): unknown {
  const { call } = permitted;
  const withhold = (code: ProblemCode, reason: string, because: string) =>
    new ProblemError(code, {
      detail: `${carriedOut(call.action.manifest.effect)} ${because}`,
      extensions: {
        reason,
        dispatched: 'yes',
        ...(call.observed.decisionId === undefined ? {} : { decisionId: call.observed.decisionId }),
      },
    });
  switch (verdict.kind) {
    case 'passed':
      return verdict.answer;
    case 'blocked':
      throw withhold('response.blocked', verdict.by, becauseOf[verdict.by]);
    case 'unfinished':
      throw withhold('response.blocked', 'unchecked', 'Its response takes too long to be checked.');
    case 'too_large':
      throw withhold(
        'response.too_large',
        'max_response_bytes',
        'Its response is longer than policy allows.',
      );
  }
}

/** What an agent must know before it tries again. */
function carriedOut(effect: Effect): string {
  return effect === 'read'
    ? 'The call was carried out.'
    : 'The call was carried out, and what it does is done.';
}

const becauseOf = {
  pattern: 'Its response fits a pattern that policy blocks.',
  pii: 'Its response holds personal data that policy does not let through.',
};
