import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMarkdown } from '../report/document.ts';
import { costsOf, type ReplicasRun } from './measure-replicas.ts';
import { callsPerCore, coresAt, modelParts, replicasAt } from './model.ts';
import { replicasReport } from './replicas-report.ts';

const redis = { commands: 300, inputBytes: 10_000, outputBytes: 5_000, memoryBytes: 0, aofBytes: 20_000 };

function runOf(replicas: number): ReplicasRun {
  const service = {
    name: 'proxy-service',
    idleCores: 0.01 * replicas,
    cpuUs: 69_000,
    residentMiB: Array.from({ length: replicas }, () => 150),
    shares: Array.from({ length: replicas }, () => 1 / replicas),
  };
  return {
    replicas,
    calls: 100,
    callsByAction: { 'serpapi/search': 100 },
    failures: {},
    seconds: 1,
    parts: [service, { ...service, name: 'postgres', cpuUs: 5_000, shares: [1] }],
    connections: { postgres: { proxy: 2 * replicas }, state: 4 * replicas, cache: replicas },
    added: { walBytes: 50_000, databaseBytes: 30_000, transactions: 10, state: redis, cache: redis },
    kept: [
      { redis: 'state', kind: 'decision', keys: 200, bytesEach: 500, ttlSeconds: 60 },
      { redis: 'state', kind: 'audit', keys: 1, bytesEach: 9_000, ttlSeconds: -1 },
    ],
    callsSinceStart: 200,
  };
}
const runs = [runOf(1), runOf(2), runOf(3)];

describe('costsOf', () => {
  it('leaves out what a process takes while idle, and puts replicas together', () => {
    const look = (atMs: number, first: number, second: number) => ({
      atMs,
      parts: [
        { name: 'proxy-service', cpuUs: first, residentMiB: 100, restarts: 0 },
        { name: 'proxy-service-2', cpuUs: second, residentMiB: 110, restarts: 0 },
      ],
    });
    const [cost] = costsOf(look(0, 0, 0), look(1_000, 10_000, 10_000), look(2_000, 50_000, 30_000));
    assert.deepEqual(cost, {
      name: 'proxy-service',
      idleCores: 0.02,
      cpuUs: 40_000,
      residentMiB: [100, 110],
      shares: [0.75, 0.25],
    });
  });
});

describe('the capacity model', () => {
  const [proxy] = modelParts(runs);

  it('lets no core be busier than it may be, idle work included', () => {
    assert.ok(proxy);
    assert.equal(Math.round(callsPerCore(proxy)), 1_000);
    assert.deepEqual([replicasAt(proxy, 100), replicasAt(proxy, 10_000)], [1, 10]);
    assert.equal(coresAt(proxy, 10_000).toFixed(2), '7.00');
  });

  it('holds in Redis what is kept for as long as it is kept, and nothing that does not grow with calls', () => {
    const report = toMarkdown(replicasReport(runs, []));
    assert.match(report, /\| `state decision` \| 1\.000 \| 500 \| 60 s \| 29\.3 KiB \|/);
    assert.match(report, /\| state Redis: memory of what is kept \| 2\.86 MiB \|/);
    assert.doesNotMatch(report, /state audit/);
    assert.match(report, /\| proxy-service \| 690 µs \| 690 µs \| 690 µs \| 1\.00 \| 1000 \|/);
  });
});
