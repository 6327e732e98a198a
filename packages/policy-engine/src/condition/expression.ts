import { parse } from '@bufbuild/cel';

/** A node of CEL's syntax tree (cel.expr.Expr), macros expanded. */
export type Expression = NonNullable<ReturnType<typeof parse>['expr']>;
type Kind<Case extends Expression['exprKind']['case']> = Extract<Expression['exprKind'], { case: Case }>;
export type CallExpression = NonNullable<Kind<'callExpr'>['value']>;
export type LoopExpression = NonNullable<Kind<'comprehensionExpr'>['value']>;
export type MapEntry = NonNullable<Kind<'structExpr'>['value']>['entries'][number];

/**
 * Reads the text of a condition.
 *
 * @throws {TypeError} when it is not CEL, or nested so deeply that it cannot be read
 */
export function parseExpression(text: string): Expression {
  try {
    const { expr } = parse(text);
    if (expr !== undefined) return expr;
  } catch (cause) {
    const detail = cause instanceof RangeError ? 'it is nested too deeply' : messageOf(cause);
    throw new TypeError(`is not CEL: ${detail}`, { cause });
  }
  throw new TypeError('is not CEL: it is empty');
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replaceAll('<input>:', '') : 'it cannot be read';
}

/** Operands of a call, the one before the dot first. */
export function operandsOf({ target, args }: CallExpression): readonly Expression[] {
  return target === undefined ? args : [target, ...args];
}

/** The nodes right below a node, those of a loop's body left to `loopBodyOf`. */
export function childrenOf({ exprKind }: Expression): readonly Expression[] {
  switch (exprKind.case) {
    case 'callExpr':
      return operandsOf(exprKind.value);
    case 'selectExpr':
      return present([exprKind.value.operand]);
    case 'listExpr':
      return exprKind.value.elements;
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }) =>
        present([keyKind.case === 'mapKey' ? keyKind.value : undefined, value]),
      );
    case 'comprehensionExpr':
      return present([exprKind.value.iterRange, exprKind.value.accuInit]);
    default:
      return [];
  }
}

/** What a loop evaluates at every turn, and once at its end. */
export function loopBodyOf(loop: LoopExpression): readonly Expression[] {
  return present([loop.loopCondition, loop.loopStep, loop.result]);
}

function present(nodes: readonly (Expression | undefined)[]): readonly Expression[] {
  return nodes.filter((node) => node !== undefined);
}

/** How many nodes a tree has. */
export function countNodes(node: Expression): number {
  return nodesBelow(node).reduce((sum, child) => sum + countNodes(child), 1);
}

/** All variables that a tree names, those of its loops too. */
export function namesIn(node: Expression): ReadonlySet<string> {
  const { exprKind } = node;
  const own = exprKind.case === 'identExpr' ? [exprKind.value.name] : [];
  return new Set([...own, ...nodesBelow(node).flatMap((child) => [...namesIn(child)])]);
}

function nodesBelow(node: Expression): readonly Expression[] {
  const { exprKind } = node;
  const body = exprKind.case === 'comprehensionExpr' ? loopBodyOf(exprKind.value) : [];
  return [...childrenOf(node), ...body];
}
