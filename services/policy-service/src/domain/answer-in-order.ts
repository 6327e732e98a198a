import type { EvaluationsSemantic } from '@4runr/contracts/decision';

/** Whether an answer leaves nothing to ask after it, by how the questions belong together. */
const isLast: Readonly<Record<EvaluationsSemantic, (isAllowed: boolean) => boolean>> = {
  execute_all: () => false,
  deny_on_first_deny: (isAllowed) => !isAllowed,
  permit_on_first_permit: (isAllowed) => isAllowed,
};

/** Answers questions one after the other, up to and including the one that ends the batch. */
export async function answerInOrder<Question, Answer extends { readonly decision: boolean }>(
  questions: readonly Question[],
  semantic: EvaluationsSemantic,
  answer: (question: Question) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const question of questions) {
    const given = await answer(question);
    answers.push(given);
    if (isLast[semantic](given.decision)) break;
  }
  return answers;
}
