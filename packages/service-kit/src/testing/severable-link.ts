import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

/** A TCP connection path to a real part that a test can cut, stall and mend. */
export interface SeverableLink {
  /** URL of the part by way of the link. */
  readonly url: string;
  /** Ends every connection, and refuses new ones. */
  sever(): Promise<void>;
  /** Keeps connections open, and takes new ones, but nothing goes through any more. */
  stall(): void;
  /** Lets nothing go through the connections that are open now; those to come work. */
  silence(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function createSeverableLink(partUrl: string): Promise<SeverableLink> {
  const target = new URL(partUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  const silenced = new WeakSet<Socket>();
  let stalled = false;
  const server = createServer((near) => {
    const far = createConnection({ host: target.hostname, port: Number(target.port) });
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (chunk) => (stalled || silenced.has(from) ? undefined : to.write(chunk)));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  const port = await listen(server, 0);
  const url = new URL(partUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  const end = () => {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    end();
    await closed;
  };
  return {
    url: url.href,
    sever: close,
    stall: () => {
      stalled = true;
    },
    silence: () => {
      for (const socket of [...pairs].flat()) silenced.add(socket);
    },
    mend: async () => {
      stalled = false;
      end();
      if (!server.listening) await listen(server, port);
    },
    close: async () => {
      if (server.listening) await close();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
