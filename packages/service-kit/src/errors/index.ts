export { ProblemError, type ProblemErrorOptions } from './problem-error.ts';
export { type ErrorTranslator, toProblemError } from './to-problem-error.ts';
