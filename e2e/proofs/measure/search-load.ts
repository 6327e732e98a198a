import { createEdgeClient, requestToken, type StackFile } from '@4runr/local-stack';
import { Pool } from 'undici';

/** `serpapi:search` over plain HTTP, so that the cost is the gateway's and not TLS's, and carried out each time. Everything but 200 throws. */
export async function createSearch(
  { edge, agents }: StackFile,
  concurrency: number,
): Promise<() => Promise<void>> {
  const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
  const token = await requestToken(client, agents.scraper);
  await client.close();
  const pool = new Pool(edge.http, { connections: concurrency });
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'cache-control': 'no-store',
  };
  return async () => {
    const response = await pool.request({
      method: 'POST',
      path: '/v1/tools/serpapi/search',
      headers,
      body: '{"q":"what a call costs","num":3}',
    });
    const body = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${body}`);
  };
}

/** Makes `count` calls, `concurrency` at a time. @returns milliseconds of each, in the order of their ends */
export async function callRepeatedly(
  call: () => Promise<void>,
  { count, concurrency }: { count: number; concurrency: number },
): Promise<number[]> {
  const latencies: number[] = [];
  let left = count;
  async function worker(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const startedAt = performance.now();
      await call();
      latencies.push(performance.now() - startedAt);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return latencies;
}
