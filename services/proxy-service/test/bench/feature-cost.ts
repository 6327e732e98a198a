/**
 * What each precaution costs a call that needs none: CPU time of a proxy per call, with everything off and with one of them on, by
 * turns within each round. Told are medians over the rounds, and between which values they lie with 95 % confidence.
 *
 *     node scripts/with-test-parts.ts node services/proxy-service/test/bench/feature-cost.ts [rounds] [calls of a turn]
 */
import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@4runr/service-kit/testing';
import { webOfKeptAnswers } from '../fixtures/caching-mesh.ts';
import { adapterOf, aRead, type Settings, startNeighbours } from '../fixtures/proxy-under-test.ts';
import { type MeasuredCall, startMeasuredProxy } from './measured-proxy.ts';

const rounds = Number(process.argv[2] ?? 25);
const calls = Number(process.argv[3] ?? 500);

const allOff = { FF_RETRY: 'off', FF_BREAKERS: 'off', FF_CACHE: 'off', FF_ASYNC: 'off' };
let pages = 0;
/** No two ask for the same: what is measured of the cache is a miss and its keeping. */
const page = (): MeasuredCall => {
  pages += 1;
  return { path: aRead.path, body: JSON.stringify({ url: `https://example.com/${pages}` }) };
};
const keyedPage = (): MeasuredCall => ({ ...page(), headers: { 'idempotency-key': randomUUID() } });

interface Feature {
  readonly settings: Settings;
  readonly next: () => MeasuredCall;
}
const features: Readonly<Record<string, Feature>> = {
  'nothing (the noise)': { settings: {}, next: page },
  FF_RETRY: { settings: { FF_RETRY: 'on' }, next: page },
  FF_BREAKERS: { settings: { FF_BREAKERS: 'on' }, next: page },
  'FF_CACHE, a miss that is kept': { settings: { FF_CACHE: 'on' }, next: page },
  'FF_ASYNC, no job queued': { settings: { FF_ASYNC: 'on' }, next: page },
  'an idempotency key': { settings: {}, next: keyedPage },
};

const neighbours = await startNeighbours();
neighbours.web.play(adapterOf(webOfKeptAnswers({ ttlSeconds: 86_400 })));
const database = await createTestDatabase();
let port = 24_003;
const start = (settings: Settings) =>
  startMeasuredProxy(neighbours, {
    port: port++,
    settings: {
      ...{ LOG_LEVEL: 'info', IDEMPOTENCY_AGENT_BYTES_MAX: '1073741824', DATABASE_URL: database.url },
      ...allOff,
      ...settings,
    },
  });

try {
  process.stdout.write(`${rounds} rounds of ${calls} calls each:\n\n`);
  process.stdout.write('| on | µs per call, all off | µs more | of it |\n|---|---|---|---|\n');
  for (const [name, feature] of Object.entries(features)) await measure(name, feature);
} finally {
  await neighbours.close();
  await database.drop();
}

async function measure(name: string, { settings, next }: Feature): Promise<void> {
  const [off, on] = await Promise.all([start({}), start(settings)]);
  const differences: number[] = [];
  const ratios: number[] = [];
  const without: number[] = [];
  try {
    for (const [proxy, made] of [[off, page] as const, [on, next] as const])
      await proxy.call(calls * 2, made);
    for (let round = 0; round < rounds; round += 1) {
      const before = (await off.call(calls, page)).cpuMicrosPerCall;
      const after = (await on.call(calls, next)).cpuMicrosPerCall;
      without.push(before);
      differences.push(after - before);
      ratios.push(after / before);
    }
  } finally {
    await Promise.all([off.stop(), on.stop()]);
  }
  process.stdout.write(
    `| ${name} | ${describe(without, 0)} | ${describe(differences, 0)} | ${describe(ratios, 2)} |\n`,
  );
}

/** The median, and between which of the values it lies with 95 % confidence, whatever the distribution (order statistics). */
function describe(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((one, other) => one - other);
  const spread = 0.98 * Math.sqrt(sorted.length);
  const at = (rank: number) =>
    sorted[Math.min(Math.max(Math.round(rank), 0), sorted.length - 1)] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  const [median, low, high] = [middle, middle - spread, middle + spread].map((rank) =>
    at(rank).toFixed(digits),
  );
  return `${median} (${low} to ${high})`;
}
