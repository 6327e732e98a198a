import type { TextPattern } from '@4runr/contracts/text-pattern';
import { type CelResult, CelScalar, celEnv, celFunc, celMethod, objectType } from '@bufbuild/cel';
import { TimestampSchema, timestampDate } from '@bufbuild/protobuf/wkt';
import { Meter } from './meter.ts';
import { meterFunctions } from './meter-expression.ts';

/** Most steps of one evaluation: at most some tens of milliseconds. */
export const conditionStepsMax = 50_000;

/** How many characters, times the size of the pattern, are one step. */
const matchingPerStep = 128;

interface Evaluation {
  readonly meter: Meter;
  readonly patterns: ReadonlyMap<string, TextPattern>;
}

/** The evaluation that is going on. There is one at most: evaluating never waits. */
let current: Evaluation | undefined;

/**
 * Runs one evaluation within its steps.
 *
 * @param patterns those that the condition names, compiled
 * @returns what it gives; `undefined` when it ran out of steps, though CEL may have a result without what failed
 */
export function withMeter(
  patterns: ReadonlyMap<string, TextPattern>,
  evaluate: () => CelResult,
): CelResult | undefined {
  const meter = new Meter(conditionStepsMax);
  current = { meter, patterns };
  try {
    const result = evaluate();
    return meter.isExhausted ? undefined : result;
  } finally {
    current = undefined;
  }
}

function going(): Evaluation {
  if (current === undefined) throw new TypeError('nothing is being evaluated');
  return current;
}

const { BOOL, DYN, INT } = CelScalar;

/** Gives back its argument as it is; CEL's functions hand values over by a type of their own that includes all of them. */
const spending = (name: string, spend: (meter: Meter, value: unknown) => void) =>
  celFunc(name, [DYN], DYN, (value) => {
    spend(going().meter, value);
    return value;
  });

/** Parts of a timestamp, in UTC: the library's own go by the time zone of the process. */
const timePart = (name: string, read: (date: Date) => number) =>
  celMethod(name, objectType(TimestampSchema), [], INT, function () {
    return BigInt(read(timestampDate(this.message)));
  });

/** What conditions are evaluated in. */
export const conditionEnvironment = celEnv({
  re2: {
    compile(text) {
      const { meter, patterns } = going();
      const pattern = patterns.get(text);
      if (pattern === undefined) throw new TypeError('a pattern that the condition does not name');
      return {
        test(input) {
          meter.spend((input.length * pattern.size) / matchingPerStep);
          return pattern.test(input);
        },
      };
    },
  },
  funcs: [
    spending(meterFunctions.surface, (meter, value) => meter.spendOnSurface(value)),
    spending(meterFunctions.depth, (meter, value) => meter.spendOnDepth(value)),
    celFunc(meterFunctions.turn, [BOOL, INT], BOOL, (condition, steps) => {
      going().meter.spend(Number(steps));
      return condition;
    }),
    timePart('getFullYear', (date) => date.getUTCFullYear()),
    timePart('getMonth', (date) => date.getUTCMonth()),
    timePart('getDate', (date) => date.getUTCDate()),
    timePart('getDayOfWeek', (date) => date.getUTCDay()),
    timePart('getHours', (date) => date.getUTCHours()),
    timePart('getMinutes', (date) => date.getUTCMinutes()),
    timePart('getSeconds', (date) => date.getUTCSeconds()),
  ],
});
