import { ProblemError } from '@4runr/service-kit/errors';

/** A word that policies can name. */
const intentForm = /^[\w.:-]{1,128}$/;

/** Checks an `Agent-Intent` header; it need not be there. @throws ProblemError `request.invalid` */
export function assertIntent(intent: string | undefined): void {
  if (intent === undefined || intentForm.test(intent)) return;
  throw new ProblemError('request.invalid', {
    detail: 'Agent-Intent is one word of at most 128 letters, digits and "_", ".", ":", "-".',
  });
}
