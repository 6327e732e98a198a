import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const claims = new Map<number, Server>();

/**
 * Claims a port among all stacks of the machine, before anything listens on it: two stacks that start at the same time
 * must not both find it free. The claim is a Unix socket, so it ends with this process however that ends.
 * Returns false when this or another process holds it.
 */
export async function claimPort(port: number): Promise<boolean> {
  if (claims.has(port)) return false;
  const address = claimAddress(port);
  const server = (await listenOn(address)) ?? ((await isStale(address)) ? await retake(address) : undefined);
  if (server === undefined) return false;
  claims.set(port, server.unref());
  return true;
}

/** Gives up a claim; the port may be chosen again. */
export function releasePort(port: number): void {
  claims.get(port)?.close();
  claims.delete(port);
}

/** Linux has socket names without files (unix(7), abstract), which need no tidying up and are the same for every user. */
function claimAddress(port: number): string {
  const name = `4runr-gateway-port-${port}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

async function listenOn(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ path }, () => resolve(server));
  });
}

async function isStale(path: string): Promise<boolean> {
  if (path.startsWith('\0')) return false;
  const socket = connect({ path });
  return new Promise((resolve) => {
    socket.once('error', () => resolve(true));
    socket.once('connect', () => resolve(false));
  }).then((stale) => {
    socket.destroy();
    return stale === true;
  });
}

function retake(path: string): Promise<Server | undefined> {
  rmSync(path, { force: true });
  return listenOn(path);
}
