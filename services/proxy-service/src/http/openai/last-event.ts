import { formatEvent } from '@4runr/service-kit/sse';
import type { Outcome } from '../../pipeline/outcome.ts';
import { toOpenaiError } from './openai-error.ts';

/** How a stream ends, as OpenAI has it: by a word, or by an error, which its libraries throw. */
export function lastEvent(outcome: Exclude<Outcome, { kind: 'abandoned' }>): string {
  const data = outcome.kind === 'completed' ? '[DONE]' : JSON.stringify(toOpenaiError(outcome.problem));
  return formatEvent({ data });
}
