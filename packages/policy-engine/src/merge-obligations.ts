import {
  type BlockObligation,
  type DomainsObligation,
  type MaxResponseBytesObligation,
  type Obligation,
  type PiiKind,
  type PiiObligation,
  piiKinds,
  type RedactObligation,
  type TruncateObligation,
} from '@4runr/contracts/decision';

/**
 * Adds obligations up, to one of each type: whoever keeps the sum keeps each of them, and the order makes no difference. Domains
 * stay apart, since a host has to fit every one of them.
 */
export function mergeObligations(obligations: readonly Obligation[]): readonly Obligation[] {
  if (obligations.length === 0) return obligations;
  const of = <Type extends Obligation['type']>(type: Type) =>
    obligations.filter(
      (obligation): obligation is Extract<Obligation, { type: Type }> => obligation.type === type,
    );
  return [
    ...distinctDomains(of('domains')),
    ...smallest(of('maxResponseBytes')),
    ...allPaths(of('redact')),
    ...shortest(of('truncate')),
    ...allPatterns(of('block')),
    ...strictest(of('pii')),
  ];
}

function distinctDomains(given: readonly DomainsObligation[]): readonly Obligation[] {
  const byText = new Map(given.map((obligation) => [JSON.stringify(obligation), obligation]));
  return [...byText.entries()].sort(byKey).map(([, obligation]) => obligation);
}

function smallest(given: readonly MaxResponseBytesObligation[]): readonly Obligation[] {
  if (given.length === 0) return [];
  return [{ type: 'maxResponseBytes', bytes: Math.min(...given.map(({ bytes }) => bytes)) }];
}

function allPaths(given: readonly RedactObligation[]): readonly Obligation[] {
  return given.length === 0 ? [] : [{ type: 'redact', paths: unite(given.map(({ paths }) => paths)) }];
}

function allPatterns(given: readonly BlockObligation[]): readonly Obligation[] {
  return given.length === 0
    ? []
    : [{ type: 'block', patterns: unite(given.map(({ patterns }) => patterns)) }];
}

function shortest(given: readonly TruncateObligation[]): readonly Obligation[] {
  if (given.length === 0) return [];
  const limits = new Map<string, number>();
  for (const [path, limit] of given.flatMap((obligation) => Object.entries(obligation.limits))) {
    limits.set(path, Math.min(limit, limits.get(path) ?? limit));
  }
  return [{ type: 'truncate', limits: Object.fromEntries([...limits].sort(byKey)) }];
}

/** What may not be received at all need not be made unreadable too. */
function strictest(given: readonly PiiObligation[]): readonly Obligation[] {
  const kindsOf = (effect: PiiObligation['effect']) =>
    new Set(given.filter((obligation) => obligation.effect === effect).flatMap(({ detect }) => detect));
  const denied = kindsOf('deny');
  const redacted = kindsOf('redact').difference(denied);
  const obligation = (kinds: ReadonlySet<PiiKind>, effect: PiiObligation['effect']): Obligation[] =>
    kinds.size === 0 ? [] : [{ type: 'pii', detect: piiKinds.filter((kind) => kinds.has(kind)), effect }];
  return [...obligation(denied, 'deny'), ...obligation(redacted, 'redact')];
}

function unite(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
