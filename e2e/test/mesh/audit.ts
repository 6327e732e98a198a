import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema, type CallRecord } from '@4runr/contracts/audit';
import { ask, tokenOf } from './gateway.ts';

/** The audit trail's record of a call, once it is whole; it shows within two seconds. */
export async function recordOf(isIt: (call: CallRecord) => boolean): Promise<CallRecord> {
  const deadline = performance.now() + 2_000;
  while (performance.now() < deadline) {
    const headers = { authorization: `Bearer ${await tokenOf('operator')}` };
    const answer = await ask('/v1/audit?kind=call&limit=100', { headers });
    const { items } = auditListSchema.parse(answer.json);
    const found = items.find((item) => item.kind === 'call' && item.outcome !== undefined && isIt(item));
    if (found?.kind === 'call') return found;
    await wait(50);
  }
  throw new Error('the call does not show in the audit trail');
}
