import { parseTextPattern } from '@4runr/contracts/text-pattern';
import { conditionFunction } from './condition-functions.ts';
import {
  type CallExpression,
  childrenOf,
  countNodes,
  type Expression,
  loopBodyOf,
  operandsOf,
} from './expression.ts';

/** Most nodes of a condition, and how deeply these, and loops among them, may be nested. */
const nodesMax = 500;
const depthMax = 50;
const loopDepthMax = 2;

/** What conditions can look at; the members of those that always have the same. */
const variables: Readonly<Record<string, readonly string[] | undefined>> = {
  params: undefined,
  intent: [],
  agent: ['id', 'role'],
  tool: [],
  action: [],
  now: [],
  facts: ['url', 'model', 'recipient'],
};

interface Place {
  readonly depth: number;
  readonly loopDepth: number;
  /** Variables of the loops around. */
  readonly bound: ReadonlySet<string>;
}

/**
 * Checks what can be known of a condition before it meets a call: its size, that it names only what there is, and that it can be
 * true.
 *
 * @returns the patterns that it matches texts with
 * @throws {TypeError} saying what is wrong, to follow `when`
 */
export function assertCondition(expression: Expression): readonly string[] {
  if (countNodes(expression) > nodesMax) throw new TypeError(`has more than ${nodesMax} parts`);
  if (isNeverTrue(expression)) throw new TypeError('is never true or false');
  const patterns: string[] = [];
  assertNode(expression, { depth: 1, loopDepth: 0, bound: new Set() }, patterns);
  return patterns;
}

function assertNode(node: Expression, place: Place, patterns: string[]): void {
  if (place.depth > depthMax) throw new TypeError(`is nested more than ${depthMax} deep`);
  const { exprKind } = node;
  if (exprKind.case === 'identExpr') assertVariable(exprKind.value.name, place);
  if (exprKind.case === 'callExpr') assertCall(exprKind.value, patterns);
  if (exprKind.case === 'selectExpr') assertMember(exprKind.value, place);
  if (exprKind.case === 'structExpr' && exprKind.value.messageName !== '') {
    throw new TypeError(`names ${exprKind.value.messageName}, which is no type here`);
  }
  const below = { ...place, depth: place.depth + 1 };
  for (const child of childrenOf(node)) assertNode(child, below, patterns);
  if (exprKind.case === 'comprehensionExpr') {
    const { iterVar, accuVar } = exprKind.value;
    const inLoop = {
      ...below,
      loopDepth: place.loopDepth + 1,
      bound: place.bound.union(new Set([iterVar, accuVar])),
    };
    if (inLoop.loopDepth > loopDepthMax) throw new TypeError(`nests loops more than ${loopDepthMax} deep`);
    for (const child of loopBodyOf(exprKind.value)) assertNode(child, inLoop, patterns);
  }
}

function assertVariable(name: string, { bound }: Place): void {
  if (bound.has(name) || Object.hasOwn(variables, name)) return;
  throw new TypeError(`names ${name}; there are ${Object.keys(variables).join(', ')}`);
}

function assertMember(
  { operand, field }: { readonly operand?: Expression | undefined; readonly field: string },
  { bound }: Place,
): void {
  if (operand?.exprKind.case !== 'identExpr') return;
  const { name } = operand.exprKind.value;
  const members = bound.has(name) ? undefined : variables[name];
  if (members === undefined || members.includes(field)) return;
  throw new TypeError(`names ${name}.${field}, which there never is`);
}

function assertCall(call: CallExpression, patterns: string[]): void {
  const operands = operandsOf(call);
  const isMethod = call.target !== undefined;
  if (conditionFunction(call.function, { isMethod, operands: operands.length }) === undefined) {
    const form = isMethod ? 'method' : 'function';
    throw new TypeError(`calls the ${form} ${call.function} of ${call.args.length}, which there is not`);
  }
  if (call.function === 'matches') patterns.push(patternOf(call.args[0]));
}

/** Patterns are written out in the condition, never taken from a call. */
function patternOf(node: Expression | undefined): string {
  const constant = node?.exprKind.case === 'constExpr' ? node.exprKind.value.constantKind : undefined;
  if (constant?.case !== 'stringValue') throw new TypeError('matches a pattern that is not written out');
  try {
    parseTextPattern(constant.value);
  } catch (cause) {
    throw new TypeError('matches a pattern that is none, or too large', { cause });
  }
  return constant.value;
}

function isNeverTrue({ exprKind }: Expression): boolean {
  switch (exprKind.case) {
    case 'constExpr':
      return exprKind.value.constantKind.case !== 'boolValue';
    case 'callExpr': {
      const operands = operandsOf(exprKind.value);
      const isMethod = exprKind.value.target !== undefined;
      return (
        conditionFunction(exprKind.value.function, { isMethod, operands: operands.length })?.result ===
        'other'
      );
    }
    case 'comprehensionExpr':
      return exprKind.value.accuInit?.exprKind.case === 'listExpr';
    case 'selectExpr':
      return false;
    default:
      return true;
  }
}
