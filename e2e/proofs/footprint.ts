/**
 * What every process of the mesh holds resident after its start and after calls, the CPU time that it takes while nothing
 * happens and for a call, and what the start of a service takes. `SERVICE_NODE_OPTIONS` of the environment are the
 * services' options of Node, to compare them.
 *
 * `npm run prove -- footprint [calls] [idle seconds] [starts of each service]`
 */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuByPart } from './measure/cpu.ts';
import { residentByPart } from './measure/memory.ts';
import { withStack } from './measure/proof-stack.ts';
import { callRepeatedly, createSearch } from './measure/search-load.ts';
import { measureStarts } from './measure/starts.ts';

const [calls = 20_000, idleSeconds = 10, starts = 5] = process.argv.slice(2).map(Number);
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
  const usedCpu = cpuByPart(described);
  const ready = await measureStarts(stack, starts);

  const difference = (name: string, from: typeof idleFrom, to: typeof idleFrom) =>
    (to.get(name) ?? 0) - (from.get(name) ?? 0);
  console.log(`Options of Node: ${SERVICE_NODE_OPTIONS || 'none'}. Traces sampled: 0.1.\n`);
  console.log(
    `| part | MiB after the start | MiB after ${calls} calls | idle, ms of CPU per second | µs of CPU per call | ` +
      `ready after, ms | of CPU, ms |`,
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const [name, mib] of started) {
    const idleMs = difference(name, idleFrom, idleTo) / 1_000 / idleSeconds;
    const callUs = difference(name, idleTo, usedCpu) / calls;
    const { wallMs, cpuMs } = ready.get(name) ?? {};
    const columns = [mib, used.get(name), idleMs.toFixed(1), callUs.toFixed(0)];
    console.log(`| ${[name, ...columns, wallMs?.toFixed(0) ?? '', cpuMs?.toFixed(0) ?? ''].join(' | ')} |`);
  }
});
