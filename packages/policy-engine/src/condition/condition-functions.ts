/** What of its operands a function may look at: this is what its cost grows with. */
export type Reach =
  /** Nothing that could be large. */
  | 'nothing'
  /** Texts, and how many entries lists have. */
  | 'surface'
  /** Whatever lies in them, at any depth. */
  | 'depth';

/** A function that conditions may use. */
export interface ConditionFunction {
  /** How it is called: as `f(x)`, as `x.f()`, or written as an operator. */
  readonly form: 'function' | 'method' | 'operator';
  /** Operands, the one before the dot included. */
  readonly operands: number;
  readonly result: 'bool' | 'other' | 'any';
  readonly reach: Reach;
}

const comparison = { form: 'operator', operands: 2, result: 'bool', reach: 'surface' } as const;
const equality = { ...comparison, reach: 'depth' } as const;
const arithmetic = { ...comparison, result: 'other' } as const;
const textTest = { ...comparison, form: 'method' } as const;
const conversion = { form: 'function', operands: 1, result: 'other', reach: 'surface' } as const;
const timePart = { form: 'method', operands: 1, result: 'other', reach: 'nothing' } as const;

/** Functions by their names in CEL's syntax tree. What is not here cannot be used. */
const functions: Readonly<Record<string, readonly ConditionFunction[]>> = {
  '!_': [{ ...comparison, operands: 1 }],
  '-_': [{ ...arithmetic, operands: 1 }],
  '_+_': [arithmetic],
  '_-_': [arithmetic],
  '_*_': [arithmetic],
  '_/_': [arithmetic],
  '_%_': [arithmetic],
  '_<_': [comparison],
  '_<=_': [comparison],
  '_>_': [comparison],
  '_>=_': [comparison],
  '_==_': [equality],
  '_!=_': [equality],
  '@in': [equality],
  '_&&_': [{ ...comparison, reach: 'nothing' }],
  '_||_': [{ ...comparison, reach: 'nothing' }],
  '_?_:_': [{ form: 'operator', operands: 3, result: 'any', reach: 'nothing' }],
  '_[_]': [{ form: 'operator', operands: 2, result: 'any', reach: 'nothing' }],
  '@not_strictly_false': [{ ...comparison, operands: 1, reach: 'nothing' }],
  size: [conversion, { ...conversion, form: 'method' }],
  contains: [textTest],
  startsWith: [textTest],
  endsWith: [textTest],
  matches: [textTest],
  int: [conversion],
  uint: [conversion],
  double: [conversion],
  string: [conversion],
  bytes: [conversion],
  bool: [{ ...conversion, result: 'bool' }],
  timestamp: [conversion],
  duration: [conversion],
  getFullYear: [timePart],
  getMonth: [timePart],
  getDate: [timePart],
  getDayOfWeek: [timePart],
  getHours: [timePart],
  getMinutes: [timePart],
  getSeconds: [timePart],
};

/** The function of a name; `undefined` where there is none that is called so. */
export function conditionFunction(
  name: string,
  call: { readonly isMethod: boolean; readonly operands: number },
): ConditionFunction | undefined {
  const overloads = Object.hasOwn(functions, name) ? functions[name] : undefined;
  return overloads?.find(
    ({ form, operands }) => (form === 'method') === call.isMethod && operands === call.operands,
  );
}
