import { createHash } from 'node:crypto';
import { parseTextPattern } from '@4runr/contracts/text-pattern';
import { plan } from '@bufbuild/cel';
import { assertCondition } from './assert-condition.ts';
import { conditionEnvironment, withMeter } from './condition-environment.ts';
import type { ConditionVariables } from './condition-variables.ts';
import { namesIn, parseExpression } from './expression.ts';
import { meterExpression } from './meter-expression.ts';

/** In characters of base64url. */
const idLength = 16;

/** A compiled condition. */
export interface Condition {
  /** The same for the same text: 96 bits of its hash. */
  readonly id: string;
  /** Whether it looks at the parameters. */
  readonly readsParams: boolean;
  /** Whether it looks at the facts. */
  readonly readsFacts: boolean;
  /** Whether it is true: what fails, is no truth value or takes too many steps is not. */
  isTrue(variables: ConditionVariables): boolean;
}

/**
 * Compiles a condition in CEL. Evaluating it takes at most `conditionStepsMax` steps, whatever a call holds.
 *
 * @throws {TypeError} when it is not CEL, names what there is not, can never be true, or is too large; the message follows `when`
 */
export function compileCondition(text: string): Condition {
  const expression = parseExpression(text);
  const patterns = new Map(
    assertCondition(expression).map((pattern) => [pattern, parseTextPattern(pattern)]),
  );
  const evaluate = plan(conditionEnvironment, meterExpression(expression));
  const names = namesIn(expression);
  return {
    id: createHash('sha256').update(text).digest('base64url').slice(0, idLength),
    readsParams: names.has('params'),
    readsFacts: names.has('facts'),
    isTrue: (variables) =>
      withMeter(patterns, () => evaluate({ ...variables, agent: { ...variables.agent } })) === true,
  };
}
