import type { Kit } from '@4runr/service-kit/lifecycle';
import { trace } from '@opentelemetry/api';
import type { Transition } from '../domain/circuits.ts';
import type { ProxyMetrics } from '../metrics.ts';

/** Tells metrics, the log, and the span of the call that brought it about that a breaker has changed its state. */
export function reportTransitions(
  { logger }: Pick<Kit, 'logger'>,
  { breakerTransitions }: Pick<ProxyMetrics, 'breakerTransitions'>,
): (transition: Transition) => void {
  return ({ target: { tool, host }, from, to }) => {
    breakerTransitions.inc({ tool, from, to });
    const of = host === undefined ? { tool } : { tool, host };
    logger[to === 'open' ? 'warn' : 'info']({ event: 'breaker', ...of, from, to }, `the breaker is ${to}`);
    trace.getActiveSpan()?.addEvent('breaker', {
      'gateway.breaker.target': host ?? tool,
      'gateway.breaker.from': from,
      'gateway.breaker.to': to,
    });
  };
}
