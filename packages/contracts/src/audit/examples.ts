import type { AuditList } from './audit-list.ts';
import type { OperatorChange } from './operator-change.ts';

/** An operator suspends an agent. */
export const operatorChangeExample: OperatorChange = {
  kind: 'operator_change',
  id: 'chg_01k3vc7f6p8q0s3v5x7z',
  at: '2025-10-09T08:53:20.000Z',
  operator: 'opr_01k3v9q2m4h8w6x5z7yd',
  action: 'agent.suspend',
  target: { type: 'agent', id: 'agt_01k3v9q2m4h8w6x5z7yd' },
  before: { name: 'Price watcher', role: 'scraper', status: 'active' },
  after: { name: 'Price watcher', role: 'scraper', status: 'suspended' },
  traceId: '0af7651916cd43dd8448eb211c80319c',
};

/** An operator changes a policy: the documents before and after, whole. */
export const policyChangeExample: OperatorChange = {
  kind: 'operator_change',
  id: 'chg_01k3vc7f6p8q0s3v5x81',
  at: '2025-10-09T08:53:15.000Z',
  operator: 'opr_01k3v9q2m4h8w6x5z7yd',
  action: 'policy.update',
  target: { type: 'policy', id: 'scraper' },
  before: { name: 'scraper', subjects: { roles: ['scraper'] }, allow: ['serpapi:search'] },
  after: { name: 'scraper', subjects: { roles: ['scraper'] }, allow: ['http_fetch:get'] },
  traceId: '0af7651916cd43dd8448eb211c80319c',
};

/** Nobody ordered it, and there is nothing to be shown of what was before. */
export const systemChangeExample: OperatorChange = {
  kind: 'operator_change',
  id: 'chg_01k3vc7f6p8q0s3v5x80',
  at: '2025-10-09T08:53:10.000Z',
  operator: 'system',
  action: 'signing_key.rotate',
  target: { type: 'signing_key', id: 'key_2' },
  before: { kid: 'key_1' },
  after: null,
  traceId: null,
};

export const auditListExample: AuditList = {
  items: [operatorChangeExample, policyChangeExample, systemChangeExample],
  nextCursor: 'YWZ0ZXI6MTc2MDAwMDAwMDAwMDpjaGdfMDFrM3ZjN2Y2cDhxMHMzdjV4N3o',
};
