import type { StackFile } from '@4runr/local-stack';
import { request } from 'undici';
import { joinMetrics } from '../record/prometheus-text.ts';

/** Longest wait for one replica, in milliseconds: one that is being restarted must not hold up a sample. */
const waitMs = 2_000;

/** Metrics of every replica of the services, as one text; those that do not answer are left out. */
export async function readMetrics(
  { services }: StackFile,
  wanted: (service: string) => boolean = () => true,
): Promise<string> {
  const replicas = Object.entries(services)
    .filter(([service]) => wanted(service))
    .flatMap(([service, rows]) => rows.map(({ url }, replica) => ({ service, replica, url })));
  const texts = await Promise.all(
    replicas.map(async ({ service, replica, url }) => {
      const text = await read(`${url}/metrics`);
      return text === undefined ? [] : [{ service, replica, text }];
    }),
  );
  return joinMetrics(texts.flat());
}

async function read(url: string): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(url, { headersTimeout: waitMs, bodyTimeout: waitMs });
    const text = await body.text();
    return statusCode === 200 ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the edge says that the mesh can serve. */
export async function isReady(edgeUrl: string): Promise<boolean> {
  return (await read(`${edgeUrl}/ready`)) !== undefined;
}
