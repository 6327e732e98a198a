/**
 * CPU time that the proxy itself spends on one call: its own process, while policy-service and the adapter are played by
 * this one, which also makes the calls. Reads and effects by turns, without an
 * idempotency key, with a new one for each call, and with one that was used.
 *
 *     node scripts/with-test-parts.ts node services/proxy-service/test/bench/call-cost.ts [log level] [calls] [port]
 */
import { randomUUID } from 'node:crypto';
import { anEffect, aRead, startNeighbours } from '../fixtures/proxy-under-test.ts';
import { type MeasuredCall, printMeasured, startMeasuredProxy } from './measured-proxy.ts';

const calls = Number(process.argv[3] ?? 20_000);
const warmUp = calls / 4;
const rounds = 3;

const toCall = ({ path, params }: typeof aRead): MeasuredCall => ({ path, body: JSON.stringify(params) });
const read = toCall(aRead);
const effect = toCall(anEffect);
const keyed = (call: MeasuredCall): MeasuredCall => ({
  ...call,
  headers: { 'idempotency-key': randomUUID() },
});
const used = keyed(read);
const kinds: Readonly<Record<string, () => MeasuredCall>> = {
  'reads, no key': () => read,
  'reads, new keys': () => keyed(read),
  'reads, replayed': () => used,
  'effects, no key': () => effect,
  'effects, new keys': () => keyed(effect),
};

const neighbours = await startNeighbours();
const proxy = await startMeasuredProxy(neighbours, {
  port: Number(process.argv[4] ?? 24_003),
  // All outcomes are kept.
  settings: { LOG_LEVEL: process.argv[2] ?? 'info', IDEMPOTENCY_AGENT_BYTES_MAX: '1073741824' },
});
try {
  await proxy.call(1, () => used);
  for (const next of Object.values(kinds)) await proxy.call(warmUp, next);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, next] of Object.entries(kinds)) printMeasured(name, await proxy.call(calls, next));
  }
} finally {
  await proxy.stop();
  await neighbours.close();
}
