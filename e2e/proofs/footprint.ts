/**
 * What every process of the mesh holds resident after its start and after calls, and the CPU time that it takes while nothing
 * happens. `SERVICE_NODE_OPTIONS` of the environment are the services' options of Node, to compare them.
 *
 * `npm run prove -- footprint [calls] [idle seconds]`
 */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuByPart } from './measure/cpu.ts';
import { residentByPart } from './measure/memory.ts';
import { withStack } from './measure/proof-stack.ts';
import { callRepeatedly, createSearch } from './measure/search-load.ts';

const [calls = 20_000, idleSeconds = 10] = process.argv.slice(2).map(Number);
const concurrency = 8;
const { SERVICE_NODE_OPTIONS } = process.env;

await withStack({ environment: { SERVICE_NODE_OPTIONS, OTEL_TRACES_SAMPLER_ARG: '0.1' } }, async (stack) => {
  const described = stack.describe();
  const started = residentByPart(described);
  const idleFrom = cpuByPart(described);
  await delay(idleSeconds * 1_000);
  const idleTo = cpuByPart(described);
  await callRepeatedly(await createSearch(described, concurrency), { count: calls, concurrency });
  const used = residentByPart(described);

  console.log(`Options of Node: ${SERVICE_NODE_OPTIONS || 'none'}. Traces sampled: 0.1.\n`);
  console.log(`| part | MiB after the start | MiB after ${calls} calls | idle, ms of CPU per second |`);
  console.log('|---|---|---|---|');
  for (const [name, mib] of started) {
    const idleMs = ((idleTo.get(name) ?? 0) - (idleFrom.get(name) ?? 0)) / 1_000 / idleSeconds;
    console.log(`| ${name} | ${mib} | ${used.get(name)} | ${idleMs.toFixed(1)} |`);
  }
});
