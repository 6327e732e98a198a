import { performance } from 'node:perf_hooks';
import type { Pool } from 'undici';
import type { Target } from './target.ts';

/** Connections of the load to each target. */
export const concurrency = 16;

async function call(pool: Pool, target: Target): Promise<number> {
  const begunAt = performance.now();
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: target.path,
    headers: { 'content-type': 'application/json', ...target.headers() },
    body: target.body,
  });
  const text = await body.text();
  if (statusCode !== 200 || !text.includes(target.answersWith))
    throw new Error(`${target.name} answered ${statusCode}: ${text.slice(0, 500)}`);
  return performance.now() - begunAt;
}

/** As many as can be made in a time, {@link concurrency} at a time. @returns milliseconds of each */
export async function callForTime(pool: Pool, target: Target, ms: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + ms;
  async function worker(): Promise<void> {
    while (performance.now() < end) times.push(await call(pool, target));
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return times;
}

/** At a fixed rate, however slow the answers are. @returns milliseconds of each */
export async function callAtRate(pool: Pool, target: Target, options: { perSecond: number; ms: number }) {
  const { perSecond, ms } = options;
  const begunAt = performance.now();
  const underWay: Promise<number>[] = [];
  const { promise: allSent, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    const elapsed = performance.now() - begunAt;
    const due = (Math.min(elapsed, ms) / 1_000) * perSecond;
    while (underWay.length < due) underWay.push(call(pool, target));
    if (elapsed >= ms) resolve();
  }, 2);
  await allSent;
  clearInterval(timer);
  return Promise.all(underWay);
}
