import { type AuditRecord, auditListSchema } from '@4runr/contracts/audit';
import type { OperatorDesk } from '../mesh/operator-desk.ts';
import type { AuditCount } from '../record/run-record.ts';

/** Largest page that the audit trail gives. */
const pageItems = '500';

/** What the audit trail holds of these agents, page by page, as any operator can read it. */
export async function countAudit(
  desk: OperatorDesk,
  agents: readonly string[],
  onPage: (items: number) => void,
): Promise<AuditCount[]> {
  const counts = new Map<string, AuditCount>();
  let items = 0;
  for (const agent of agents)
    for await (const page of pagesOf(desk, agent)) {
      for (const record of page) countRecord(counts, record);
      items += page.length;
      onPage(items);
    }
  return [...counts.values()];
}

async function* pagesOf(desk: OperatorDesk, agent: string): AsyncGenerator<readonly AuditRecord[]> {
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ agent, limit: pageItems, ...(cursor === null ? {} : { cursor }) });
    // Parsed as the contract says only on top: a page has up to 500 whole records.
    const page = auditListSchema
      .pick({ nextCursor: true })
      .loose()
      .parse(await desk.ask(`/v1/audit?${query}`));
    yield page.items as AuditRecord[];
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function countRecord(counts: Map<string, AuditCount>, record: AuditRecord): void {
  if (record.kind !== 'call') return;
  const { tool, action, outcome = 'open', code = null, attempts = 0, replayOf } = record;
  const isReplay = replayOf !== undefined;
  const key = [tool, action, outcome, code, isReplay].join(' ');
  const call = `${tool}/${action}`;
  const known = counts.get(key) ?? {
    call,
    outcome,
    code,
    isReplay,
    count: 0,
    attempts: 0,
    carriedOut: 0,
    retriedWell: 0,
  };
  counts.set(key, {
    ...known,
    count: known.count + 1,
    attempts: known.attempts + attempts,
    carriedOut: known.carriedOut + (outcome === 'completed' && attempts > 0 ? 1 : 0),
    retriedWell: known.retriedWell + (outcome === 'completed' && attempts > 1 ? 1 : 0),
  });
}
