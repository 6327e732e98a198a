/**
 * What the audit trail costs a replica: while nothing happens, and for each item that it stores; and how fast it lists an
 * agent's newest items.
 *
 *     node scripts/with-test-parts.ts node services/policy-service/test/bench/audit-drain.ts
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { auditStreams } from '@4runr/contracts/audit';
import { createTestRedis, writeRevocationList } from '@4runr/service-kit/testing';
import { appendChange, newChanges } from '../fixtures/audit-items.ts';
import { createServiceDatabase, settingsFor } from '../fixtures/policy-service-under-test.ts';

const items = 50_000;
const idleSeconds = 10;

const database = await createServiceDatabase();
const redis = await createTestRedis();
await writeRevocationList(redis.client);
const main = new URL('../../src/main.ts', import.meta.url).pathname;
const service = spawn(process.execPath, [main], {
  env: settingsFor({ database: database.url, redis: redis.url }),
  stdio: ['ignore', 'ignore', 'inherit'],
});
try {
  await delay(3_000);
  const idleFrom = cpuMs();
  await delay(idleSeconds * 1_000);
  const idle = (cpuMs() - idleFrom) / idleSeconds;
  process.stdout.write(`idle: ${idle.toFixed(1)} ms of CPU per second, all loops of the service\n`);

  const changes = newChanges(items);
  service.kill('SIGSTOP');
  for (let index = 0; index < items; index += 1_000) {
    await Promise.all(changes.slice(index, index + 1_000).map((change) => appendChange(redis, change)));
  }
  const from = cpuMs();
  const startedAt = performance.now();
  service.kill('SIGCONT');
  while ((await countWaiting()) > 0) await delay(20);
  const seconds = (performance.now() - startedAt) / 1_000;
  const costMicros = ((cpuMs() - from) * 1_000) / items;
  process.stdout.write(
    `${items} items: ${Math.round(items / seconds)} per second, ${costMicros.toFixed(0)} µs of CPU each\n`,
  );
} finally {
  service.kill('SIGKILL');
  await redis.drop();
  await database.drop();
}

async function countWaiting(): Promise<number> {
  const lengths = await Promise.all(auditStreams.map(({ key }) => redis.client.xLen(key)));
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** CPU time of the service so far, in milliseconds: clock ticks of user and system (proc(5)), a hundredth of a second each. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${service.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
