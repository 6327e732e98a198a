import { type Tracing, traceOperation } from '@4runr/service-kit/telemetry';
import type { AnswerCache } from '../domain/cache/kept-answer.ts';
import type { JobStore } from '../domain/job.ts';
import type { KeyStore } from '../domain/keyed-call.ts';

type Tracer = Pick<Tracing, 'tracer'>;

/** The same stores; what calls wait for has a span. */
export function traceKeyStore(tracing: Tracer, keys: KeyStore): KeyStore {
  const operation = { system: 'redis', operation: 'EVALSHA', script: 'claim_key' } as const;
  return { claim: (key, by) => traceOperation(tracing, operation, () => keys.claim(key, by)) };
}

export function traceAnswerCache(tracing: Tracer, cache: AnswerCache): AnswerCache {
  const operation = { system: 'redis', operation: 'PIPELINE GET', batchSize: 2 } as const;
  return { ...cache, read: (place) => traceOperation(tracing, operation, () => cache.read(place)) };
}

export function traceJobStore(tracing: Tracer, jobs: JobStore): JobStore {
  const operation = { system: 'postgresql', operation: 'INSERT', table: 'jobs' } as const;
  return { ...jobs, add: (order) => traceOperation(tracing, operation, () => jobs.add(order)) };
}
