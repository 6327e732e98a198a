import { isFailure } from '../../record/call-row.ts';
import type { AuditCount } from '../../record/run-record.ts';
import type { Analysis } from '../analysis.ts';
import { count, notMeasured } from '../cells.ts';

/** One thing that two witnesses tell of. */
export interface ConsistencyRow {
  readonly what: string;
  readonly one: number;
  readonly other: number;
  /** By how much the second may be less: calls that failed before they were decided leave nothing in the trail, nor attempts that reached nobody at the provider. */
  readonly mayLack?: number;
  /** By how much it may be more: a call that failed for its client may have been decided, carried out and sent all the same, its answer being lost. */
  readonly mayExceed?: number;
}

export interface Consistency {
  /** Empty where only one witness could be asked. */
  readonly rows: readonly ConsistencyRow[];
  /** Of all that was compared, what both tell alike; NaN where nothing was. */
  readonly share: number;
  readonly inWords: string;
}

/** What the load generator, the audit trail and the simulated providers say of the same calls. */
export function consistencyOf({ run }: Analysis): Consistency {
  const rows = [...auditRows(run), ...providerRows(run)];
  const differing = rows.filter((row) => differenceOf(row) > 0);
  const sum = (of: (row: ConsistencyRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const share = 1 - sum(differenceOf) / sum(({ one, other }) => Math.max(one, other));
  return { rows, share, inWords: inWords(rows.length, differing.length) };
}

function differenceOf({ one, other, mayLack = 0, mayExceed = 0 }: ConsistencyRow): number {
  return Math.max(0, one - other - mayLack, other - one - mayExceed);
}

function inWords(compared: number, differing: number): string {
  if (compared === 0) return notMeasured;
  return differing === 0
    ? `load generator, audit trail and simulated providers agree in all ${compared} counts`
    : `${differing} of ${compared} counts of load generator, audit trail and simulated providers differ`;
}

type Run = Analysis['run'];

/** How the trail names what the generator calls allowed, denied and failed. */
const auditVerdict = ({ outcome, code }: AuditCount): 'allowed' | 'denied' | 'failed' => {
  if (outcome === 'completed') return 'allowed';
  return outcome === 'denied' || code === 'target.forbidden' ? 'denied' : 'failed';
};

function auditRows({ rows, record: { audit } }: Run): ConsistencyRow[] {
  if (audit === null) return [];
  const calls = [...new Set(rows.map(({ call }) => call))].sort();
  return calls.flatMap((call) =>
    (['allowed', 'denied', 'failed'] as const).flatMap((verdict) => {
      const failed = failuresOf(rows, call);
      const one =
        verdict === 'failed'
          ? failed
          : rows.filter((row) => row.call === call && row.verdict === verdict).length;
      const other = audit
        .filter((item) => item.call === call && auditVerdict(item) === verdict)
        .reduce((sum, item) => sum + item.count, 0);
      const what = `${call} ${verdict}: load generator and audit trail`;
      const allowance = verdict === 'failed' ? { mayLack: failed } : { mayExceed: failed };
      return one === 0 && other === 0 ? [] : [{ what, one, other, ...allowance }];
    }),
  );
}

const failuresOf = (rows: Run['rows'], call: string): number =>
  rows.filter((row) => row.call === call && isFailure(row)).length;

function providerRows({ rows, record: { audit, providers, mailsReceived } }: Run): ConsistencyRow[] {
  const mails = rows.filter(
    ({ call, verdict, attempts }) => call === 'gmail_send/send' && verdict === 'allowed' && attempts !== 0,
  ).length;
  const mailRow =
    mailsReceived === null
      ? []
      : [
          {
            what: 'mails sent: load generator and simulated mailbox',
            one: mails,
            other: mailsReceived,
            mayExceed: failuresOf(rows, 'gmail_send/send'),
          },
        ];
  if (audit === null || providers === null) return mailRow;
  const ofCall = (call: string) => audit.filter((item) => item.call === call);
  const attempts = (call: string) => ofCall(call).reduce((sum, item) => sum + item.attempts, 0);
  // Of a call that was completed, the last attempt succeeded.
  const failedAttempts = (call: string) =>
    attempts(call) - ofCall(call).reduce((sum, { carriedOut }) => sum + carriedOut, 0);
  const received = (of: RegExp) =>
    providers
      .filter(({ provider, route }) => of.test(`${provider} ${route}`))
      .reduce((sum, item) => sum + item.received, 0);
  return [
    ...mailRow,
    {
      what: 'searches: attempts in the audit trail and requests at the simulated provider',
      one: attempts('serpapi/search'),
      other: received(/^serpapi /),
      mayLack: failedAttempts('serpapi/search'),
    },
    {
      what: 'chats: attempts in the audit trail and requests at the simulated provider',
      one: attempts('openai/chat'),
      other: received(/^openai /),
      mayLack: failedAttempts('openai/chat'),
    },
  ];
}

export function consistencyTable({ rows }: Consistency): string[][] {
  return rows.map((row) => [
    row.what,
    count(row.one),
    count(row.other),
    differenceOf(row) === 0 ? 'pass' : '**fail**',
  ]);
}
