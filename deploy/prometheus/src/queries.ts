import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** What a query asks for: a metric, and the labels that it must have to be found. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** The selectors of a query in PromQL. @throws Error where it is none */
export function selectorsOf(query: string): Selector[] {
  const selectors: Selector[] = [];
  const text = ({ from, to }: { from: number; to: number }) => query.slice(from, to);
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${query}`);
      if (node.name !== 'VectorSelector') return;
      const name = node.node.getChild('Identifier');
      if (name === null) throw new Error(`a selector without a metric: ${query}`);
      selectors.push({ metric: text(name), labels: labelsOf(node.node).map(text) });
    },
  });
  return selectors;
}

function labelsOf(selector: SyntaxNode): SyntaxNode[] {
  const matchers = selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return matchers.flatMap((matcher) => matcher.getChild('LabelName') ?? []);
}

/** As it is exposed: a histogram's series lead to the histogram. */
export const exposedName = (metric: string): string => metric.replace(/_(bucket|sum|count)$/, '');
