import type { MeshUnderLoad } from '../mesh/mesh-under-load.ts';
import { type MetricSample, parseMetrics, sumOf } from '../record/prometheus-text.ts';
import type { Sample } from '../record/sample.ts';
import { isReady, readMetrics } from './metrics-snapshot.ts';
import { readUsage } from './process-usage.ts';

export interface Sampler {
  /** In the order of time; grows until it is stopped. */
  readonly samples: readonly Omit<Sample, 'atMs'>[];
  /** Moments of the samples, in milliseconds since the epoch. */
  readonly times: readonly number[];
  stop(): Promise<void>;
}

/** Looks at the mesh at a fixed pause until it is stopped. `others` are processes that are not of the mesh, by name. */
export function startSampler(options: {
  mesh: MeshUnderLoad;
  pauseMs: number;
  others: () => Readonly<Record<string, number | undefined>>;
}): Sampler {
  const { mesh, pauseMs, others } = options;
  const samples: Omit<Sample, 'atMs'>[] = [];
  const times: number[] = [];
  let looking: Promise<void> | undefined;
  async function look(): Promise<void> {
    const at = Date.now();
    const sample = await takeSample(mesh, others());
    times.push(at);
    samples.push(sample);
  }
  // A look that takes longer than the pause leaves out the next one.
  const begin = () => {
    looking ??= look()
      .catch(() => {})
      .finally(() => {
        looking = undefined;
      });
  };
  begin();
  const timer = setInterval(begin, pauseMs);
  return {
    samples,
    times,
    async stop() {
      clearInterval(timer);
      await looking;
      await look();
    },
  };
}

async function takeSample(
  mesh: MeshUnderLoad,
  others: Readonly<Record<string, number | undefined>>,
): Promise<Omit<Sample, 'atMs'>> {
  const stack = mesh.describe();
  const [ready, metrics] = await Promise.all([
    isReady(mesh.edgeUrl),
    stack === undefined ? '' : readMetrics(stack, (service) => service !== 'provider-simulator'),
  ]);
  const found = parseMetrics(metrics);
  return {
    parts: stack === undefined ? [] : readUsage(stack.parts, others),
    breakers: worstByTool(found),
    counters: readCounters(found),
    dbConnections: sumOf(found, 'gateway_db_pool_connections'),
    ...auditBacklogOf(found),
    isReady: ready,
  };
}

/** Every replica tells the same, a look apart. */
function auditBacklogOf(samples: readonly MetricSample[]): Pick<Sample, 'auditBacklog'> {
  const told = samples.filter(({ name }) => name === 'gateway_audit_backlog').map(({ value }) => value);
  return told.length === 0 ? {} : { auditBacklog: Math.max(...told) };
}

function worstByTool(samples: readonly MetricSample[]): Record<string, number> {
  const worst: Record<string, number> = {};
  for (const { name, labels, value } of samples)
    if (name === 'gateway_breaker_state' && labels.tool !== undefined)
      worst[labels.tool] = Math.max(worst[labels.tool] ?? 0, value);
  return worst;
}

/** Counters that a report tells of, and the labels that it tells apart. */
const watched: Readonly<Record<string, readonly string[]>> = {
  gateway_agent_creations_total: [],
  gateway_token_generations_total: [],
  gateway_token_validations_total: ['result'],
  gateway_token_expirations_total: [],
  gateway_policy_decision_duration_ms_count: ['decision'],
  gateway_policy_denials_total: ['tool', 'action'],
  gateway_security_events_total: ['event'],
  gateway_breaker_transitions_total: ['from', 'to'],
  gateway_breaker_fastfail_total: [],
  gateway_retries_total: [],
  gateway_cache_events_total: ['result'],
};

function readCounters(samples: readonly MetricSample[]): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const { name, labels, value } of samples) {
    const told = watched[name];
    if (told === undefined) continue;
    const key = `${labels.process}/${labels.replica} ${name} ${told.map((label) => labels[label]).join('>')}`;
    counters[key] = (counters[key] ?? 0) + value;
  }
  return counters;
}
