export {
  type Fault,
  isProblemCode,
  type ProblemCode,
  type ProblemKind,
  problemCodes,
  problemKinds,
  type RefusalCode,
} from './codes.ts';
export {
  type Dispatched,
  dispatchedSchema,
  furtherDispatched,
  type ParamsError,
  type Problem,
  type ProblemExtensions,
  paramsErrorSchema,
  problemMediaType,
  problemSchema,
  toProblem,
} from './problem.ts';
