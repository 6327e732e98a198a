import { createServer } from 'node:net';
import { claimPort, releasePort } from './port-claim.ts';

const STEP = 100;
const STEPS_MAX = 50;
const LOOPBACKS = ['127.0.0.1', '::1'];

/**
 * Finds a port that nobody listens on, on `host` or either loopback address: the preferred one, else every 100th after
 * it, so that the ports of a second stack keep their pattern. The port stays claimed for this process
 * ({@link releasePort} gives it back), so that stacks which start at the same time choose different ones.
 */
export async function freePort(preferred: number, host = '127.0.0.1'): Promise<number> {
  const hosts = [...new Set([host, ...LOOPBACKS])];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const port = preferred + step * STEP;
    if (port > 65_535) break;
    if (await takePort(port, hosts)) return port;
  }
  throw new Error(`no free port found from ${preferred} upwards in steps of ${STEP}`);
}

async function takePort(port: number, hosts: readonly string[]): Promise<boolean> {
  if (!(await claimPort(port))) return false;
  for (const host of hosts) {
    if (await isFree(port, host)) continue;
    releasePort(port);
    return false;
  }
  return true;
}

/** An address that this machine does not have (no IPv6) cannot be occupied. */
async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT');
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
