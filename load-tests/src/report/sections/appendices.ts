import type { CallRow } from '../../record/call-row.ts';
import type { Analysis } from '../analysis.ts';
import { count, ms, notMeasured } from '../cells.ts';
import { type Block, heading, table, text } from '../document.ts';
import { timesOf } from '../figures.ts';

export function appendices({ run }: Analysis): Block[] {
  const { rows, record } = run;
  return [
    heading(2, 'Appendix A: every kind of answer'),
    table(
      ['tool/action', 'asked', 'verdict', 'answer', 'cache', 'calls', 'mean', 'p50', 'p95', 'p99', 'max'],
      kindsOf(rows).map((own) => {
        const { call, kind, verdict, outcome, cache } = own[0] as CallRow;
        const { mean, p50, p95, p99, max } = timesOf(own);
        return [
          call,
          kind,
          verdict,
          `\`${outcome}\``,
          cache,
          count(own.length),
          ...[mean, p50, p95, p99, max].map(ms),
        ];
      }),
    ),
    heading(2, 'Appendix B: the audit trail'),
    ...(record.audit === null
      ? [text(notMeasured)]
      : [
          table(
            ['tool/action', 'outcome', 'code', 'replay', 'items', 'attempts'],
            record.audit
              .toSorted((a, b) => a.call.localeCompare(b.call) || b.count - a.count)
              .map((item) => [
                item.call,
                item.outcome,
                item.code ?? '',
                item.isReplay ? 'yes' : '',
                count(item.count),
                count(item.attempts),
              ]),
          ),
        ]),
    heading(2, 'Appendix C: what came to the simulated providers'),
    ...(record.providers === null
      ? [text(notMeasured)]
      : [
          table(
            ['provider', 'route', 'received', 'answered 200'],
            record.providers
              .filter(({ received }) => received > 0)
              .map(({ provider, route, received, ok }) => [provider, route, count(received), count(ok)]),
          ),
        ]),
  ];
}

function kindsOf(rows: readonly CallRow[]): CallRow[][] {
  const key = ({ call, kind, verdict, outcome, cache }: CallRow) =>
    [call, kind, verdict, outcome, cache].join(' ');
  return [...Map.groupBy(rows, key)].sort(([a], [b]) => a.localeCompare(b)).map(([, own]) => own);
}
