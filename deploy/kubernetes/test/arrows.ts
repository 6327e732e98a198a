import type { Manifest } from './manifests.ts';

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}
interface Selector {
  readonly matchLabels?: Record<string, string>;
  readonly matchExpressions?: readonly { readonly operator: string; readonly values: readonly string[] }[];
}

export interface Arrows {
  /** `a -> b` where both sides agree, or one of them is no part of ours. */
  readonly agreed: readonly string[];
  /** What one side alone says, which allows nothing: a mistake. */
  readonly half: readonly string[];
}

/** Who may speak to whom by the policies. */
export function arrowsOf(manifests: readonly Manifest[], parts: readonly string[]): Arrows {
  const out = new Set<string>();
  const into = new Set<string>();
  for (const { kind, spec } of manifests) {
    if (kind !== 'NetworkPolicy') continue;
    for (const part of selected(spec.podSelector, parts)) {
      for (const { to } of spec.egress ?? [])
        for (const peer of peers(to, parts)) out.add(`${part} -> ${peer}`);
      for (const { from } of spec.ingress ?? [])
        for (const peer of peers(from, parts)) into.add(`${peer} -> ${part}`);
    }
  }
  const isOurs = (arrow: string) => arrow.split(' -> ').every((end) => parts.includes(end));
  const isAgreed = (arrow: string) => !isOurs(arrow) || (out.has(arrow) && into.has(arrow));
  const said = [...out.union(into)].sort();
  return { agreed: said.filter(isAgreed), half: said.filter((arrow) => !isAgreed(arrow)) };
}

/** A rule that names nobody is about everybody. */
function peers(list: readonly Peer[] | undefined, parts: readonly string[]): readonly string[] {
  if (list === undefined) return ['anybody'];
  return list.flatMap(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock !== undefined) return ['the Internet'];
    if (namespaceSelector !== undefined) return Object.values(namespaceSelector.matchLabels ?? {});
    return selected(podSelector ?? {}, parts);
  });
}

function selected(
  { matchLabels, matchExpressions = [] }: Selector,
  parts: readonly string[],
): readonly string[] {
  return parts.filter(
    (part) =>
      Object.values(matchLabels ?? {}).every((value) => value === part) &&
      matchExpressions.every(({ operator, values }) => values.includes(part) === (operator === 'In')),
  );
}
