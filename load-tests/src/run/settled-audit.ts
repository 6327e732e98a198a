import { setTimeout as delay } from 'node:timers/promises';
import type { OperatorDesk } from '../mesh/operator-desk.ts';
import type { CallRow } from '../record/call-row.ts';
import type { AuditCount } from '../record/run-record.ts';
import { countAudit } from './count-audit.ts';

/** How long the trail is waited for until it holds every call that was decided: it shows them within two seconds. */
const settlesWithinMs = 30_000;

/** What the trail holds of these agents, once it has settled: nobody's end is open, and nothing of `rows` is missing. */
export async function settledAudit(
  desk: OperatorDesk,
  agents: readonly string[],
  { rows, report }: { rows: readonly CallRow[]; report: (text: string) => void },
): Promise<AuditCount[]> {
  const decided = rows.filter(({ verdict }) => verdict === 'allowed' || verdict === 'denied').length;
  const deadline = Date.now() + settlesWithinMs;
  for (;;) {
    let told = 0;
    const counts = await countAudit(desk, agents, (items) => {
      if (items - told < 50_000) return;
      told = items;
      report(`${items} items read`);
    });
    const isSettled = counts.every(({ outcome }) => outcome !== 'open');
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    if ((isSettled && total >= decided) || Date.now() > deadline) return counts;
    await delay(2_000);
  }
}
