/**
 * Counts the steps of a piece of work, each some 20 ns at worst, before they are taken.
 *
 * @throws StepsUsedUpError when they are more than there are
 */
export type SpendSteps = (steps: number) => void;

export class StepsUsedUpError extends Error {
  override readonly name = 'StepsUsedUpError';
}

export function countSteps(stepsMax: number): SpendSteps {
  let left = stepsMax;
  return (steps) => {
    left -= steps;
    if (left < 0) throw new StepsUsedUpError('the work takes more steps than there are');
  };
}
