import { conditionFunction, type Reach } from './condition-functions.ts';
import {
  type CallExpression,
  countNodes,
  type Expression,
  type LoopExpression,
  loopBodyOf,
  type MapEntry,
  operandsOf,
} from './expression.ts';

/** Functions that spend steps and give back what they are given. No condition can name them: `@` is no letter of CEL. */
export const meterFunctions = {
  /** `(value)`: for who looks at its surface. */
  surface: '@spend_on_surface',
  /** `(value)`: for who looks at all of it. */
  depth: '@spend_on_depth',
  /** `(condition, steps)`: one turn of a loop. */
  turn: '@spend_on_turn',
} as const;

/**
 * The same condition, which spends steps before each piece of work that grows with what a call holds: at every turn of a loop as
 * many as its body has parts, and for what functions look at as much as there is of it. The rest is as large as the condition.
 */
export function meterExpression(node: Expression): Expression {
  return { ...node, exprKind: meterKind(node.exprKind) };
}

function meterKind(kind: Expression['exprKind']): Expression['exprKind'] {
  switch (kind.case) {
    case 'callExpr':
      return { ...kind, value: meterCall(kind.value) };
    case 'selectExpr':
      return { ...kind, value: { ...kind.value, operand: meterOptional(kind.value.operand) } };
    case 'listExpr':
      return { ...kind, value: { ...kind.value, elements: kind.value.elements.map(meterExpression) } };
    case 'structExpr':
      return { ...kind, value: { ...kind.value, entries: kind.value.entries.map(meterEntry) } };
    case 'comprehensionExpr':
      return { ...kind, value: meterLoop(kind.value) };
    default:
      return kind;
  }
}

function meterOptional(node: Expression | undefined): Expression | undefined {
  return node === undefined ? undefined : meterExpression(node);
}

function meterEntry(entry: MapEntry): MapEntry {
  const { keyKind } = entry;
  const key = keyKind.case === 'mapKey' ? { ...keyKind, value: meterExpression(keyKind.value) } : keyKind;
  return { ...entry, keyKind: key, value: meterOptional(entry.value) };
}

function meterCall(call: CallExpression): CallExpression {
  const operands = operandsOf(call);
  const isMethod = call.target !== undefined;
  const reach = conditionFunction(call.function, { isMethod, operands: operands.length })?.reach ?? 'depth';
  const meter = (operand: Expression) => spendOn(meterExpression(operand), reach);
  return { ...call, target: call.target && meter(call.target), args: call.args.map(meter) };
}

function meterLoop(loop: LoopExpression): LoopExpression {
  const steps = loopBodyOf(loop).reduce((sum, node) => sum + countNodes(node), 1);
  const { iterRange, loopCondition } = loop;
  const perTurn = (condition: Expression) =>
    calling(meterFunctions.turn, [meterExpression(condition), integer(steps, condition.id)]);
  return {
    ...loop,
    accuInit: meterOptional(loop.accuInit),
    iterRange: iterRange && spendOn(meterExpression(iterRange), 'surface'),
    loopCondition: loopCondition && perTurn(loopCondition),
    loopStep: meterOptional(loop.loopStep),
    result: meterOptional(loop.result),
  };
}

function spendOn(node: Expression, reach: Reach): Expression {
  if (reach === 'nothing' || node.exprKind.case === 'constExpr') return node;
  return calling(meterFunctions[reach], [node]);
}

function calling(name: string, args: [Expression, ...Expression[]]): Expression {
  return {
    $typeName: 'cel.expr.Expr',
    id: args[0].id,
    exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } },
  };
}

function integer(value: number, id: bigint): Expression {
  const constantKind = { case: 'int64Value', value: BigInt(value) } as const;
  return {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: { case: 'constExpr', value: { $typeName: 'cel.expr.Constant', constantKind } },
  };
}
