import type { Effect } from '@4runr/contracts/manifest';
import type { ProblemCode } from '@4runr/contracts/problem';
import { ProblemError } from '@4runr/service-kit/errors';
import type { FilterVerdict } from '../domain/answer/filter-answer.ts';
import type { AnswerPieces, CompletedCall, StreamedCall } from '../domain/call.ts';
import type { AnswerFilter } from '../filter/answer-filter.ts';
import type { PermittedCall } from './authorize.ts';
import type { ForwardedCall, OpenedCall } from './forward.ts';
import type { Step } from './pipeline.ts';

/**
 * Does to the answer what the decision obliges to. Without obligations on it there is nothing to do.
 *
 * @throws ProblemError `response.blocked`, `response.too_large`; the call was carried out, and they say so
 */
export function filter(parts: { filterAnswer: AnswerFilter }): Step<ForwardedCall, CompletedCall> {
  return (forwarded) => {
    const { permitted, unfiltered } = forwarded;
    if (permitted.answerRules === undefined) return { result: unfiltered };
    return parts
      .filterAnswer(permitted.answerRules, unfiltered)
      .then((verdict) => ({ result: passed(verdict, forwarded) }));
  };
}

/**
 * The same, for calls whose answers come whole or bit by bit. A stream is only held to its size: `authorize` lets none begin to
 * which more would have to be done.
 */
export function filterOrLimit(parts: {
  filterAnswer: AnswerFilter;
}): Step<ForwardedCall | OpenedCall, CompletedCall | StreamedCall> {
  const filterWhole = filter(parts);
  return (answered) => ('unfiltered' in answered ? filterWhole(answered) : toStreamed(answered));
}

function toStreamed(opened: OpenedCall): StreamedCall {
  const { timeoutMs, streaming } = opened.permitted.call.action.manifest;
  return { pieces: limited(opened), timeoutMs: streaming?.timeoutMs ?? timeoutMs };
}

/** @throws ProblemError `response.too_large` in place of the first piece that does not fit */
async function* limited({ permitted, unlimited }: OpenedCall): AnswerPieces {
  const bytesMax = permitted.answerRules?.bytesMax ?? Number.POSITIVE_INFINITY;
  let bytes = 0;
  for await (const piece of unlimited) {
    bytes += Buffer.byteLength(piece);
    if (bytes > bytesMax) passed({ kind: 'too_large' }, { permitted });
    yield piece;
  }
}

function passed(verdict: FilterVerdict, { permitted }: { readonly permitted: PermittedCall }): unknown {
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
