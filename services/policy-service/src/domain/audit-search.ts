import type { AuditQuery } from '@4runr/contracts/audit';

/** What items of the trail are found by, beside their time. Those given add up. */
export type AuditFilters = Pick<
  AuditQuery,
  'agent' | 'tool' | 'action' | 'outcome' | 'kind' | 'operator' | 'target'
>;
export type AuditFilter = keyof AuditFilters;

/** How a search goes about: along one index in the order of time, looking at each item that is found by it. */
export interface AuditSearch {
  /** Filters of the index; none of the index of everything. */
  readonly along: readonly AuditFilter[];
  /** What an item that is looked at has to fit. */
  readonly rest: readonly AuditFilter[];
}

/** Filters that there is an index of (migration 0006), those that find the least first. */
export const auditIndexes = [
  ['target'],
  ['operator'],
  ['agent', 'outcome'],
  ['agent'],
  ['outcome'],
  ['tool', 'action'],
  ['action'],
  ['tool'],
  ['kind'],
] as const satisfies readonly (readonly AuditFilter[])[];

const every = ['agent', 'tool', 'action', 'outcome', 'kind', 'operator', 'target'] as const;

/** Filters that calls alone fit, and changes by operators alone. */
const ofCalls = ['agent', 'tool', 'outcome'] as const;
const ofChanges = ['operator', 'target'] as const;

/** How to search for what fits all filters; `undefined` where nothing can. */
export function planAuditSearch(filters: AuditFilters): AuditSearch | undefined {
  const fitsCalls = isAnyGiven(filters, ofCalls);
  const fitsChanges = isAnyGiven(filters, ofChanges);
  const isCall = fitsCalls || filters.kind === 'call';
  const isChange = fitsChanges || filters.kind === 'operator_change';
  if (isCall && isChange) return undefined;
  const index: readonly AuditFilter[] | undefined = auditIndexes.find((index) =>
    index.every((filter) => isIndexed(filters, filter)),
  );
  const along = index ?? [];
  const isImplied = (filter: AuditFilter) => filter === 'kind' && (fitsCalls || fitsChanges);
  const given = every.filter((filter) => filters[filter] !== undefined && !isImplied(filter));
  return { along, rest: given.filter((filter) => !along.includes(filter)) };
}

function isAnyGiven(filters: AuditFilters, some: readonly AuditFilter[]): boolean {
  return some.some((filter) => filters[filter] !== undefined);
}

/** Completed calls, and calls at all, are next to everything that there is: no index tells them from the rest. */
function isIndexed(filters: AuditFilters, filter: AuditFilter): boolean {
  const value = filters[filter];
  if (filter === 'outcome') return value !== undefined && value !== 'completed';
  if (filter === 'kind') return value === 'operator_change';
  return value !== undefined;
}
