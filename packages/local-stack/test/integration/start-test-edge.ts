import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpServer, listen } from '@4runr/service-kit/http';
import { type EdgeOptions, renderEdge } from '../../src/edge/render-edge.ts';
import { prepareNginx } from '../../src/parts/index.ts';
import { freePort, startProcess, waitUntilReady } from '../../src/process/index.ts';
import { ensureStackTls } from '../../src/tls/stack-tls.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** A service behind the test's edge: what it got, and how it answers. */
export interface TestUpstream {
  readonly received: IncomingMessage[];
  answer: RequestListener;
  readonly address: string;
  readonly server: Server;
}

export interface TestEdge {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly ca: string;
  readonly upstream: TestUpstream;
  readonly folder: string;
  /** Each line of the access log so far. */
  accessLog(): Record<string, unknown>[];
  stop(): Promise<void>;
}

export interface TestEdgeOptions
  extends Pick<EdgeOptions, 'trustedProxies' | 'redirectPlainHttpTo' | 'outcomesPort'> {
  /** Directives of `limits.conf` to be changed or added, by name: what takes seconds need not take as long in a test. */
  readonly limits?: Readonly<Record<string, string>>;
}

/**
 * The edge as the local stack renders it, on a real nginx, with one stand-in for every service but auth-service, which is down.
 */
export async function startTestEdge({ limits = {}, ...change }: TestEdgeOptions = {}): Promise<TestEdge> {
  await using cleanUp = new AsyncDisposableStack();
  // The space: a clone may lie anywhere.
  const folder = mkdtempSync(join(tmpdir(), '4runr edge-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true }));
  const upstream = await startUpstream();
  cleanUp.defer(() => {
    upstream.server.close();
    upstream.server.closeAllConnections();
  });
  const [httpPort, httpsPort] = [await freePort(21_080), await freePort(21_443)];
  const accessLogFile = join(folder, 'access.log');
  const { ca, spec } = await prepareEdge(folder, {
    ...{ httpPort, httpsPort, accessLogFile, upstream },
    ...change,
  });
  changeLimits(join(folder, 'nginx/edge/limits.conf'), limits);
  const running = startProcess(spec);
  cleanUp.defer(() => running.stop(5_000));
  await waitUntilReady(running, 10_000);
  const owned = cleanUp.move();
  return {
    httpPort,
    httpsPort,
    ca,
    upstream,
    folder,
    accessLog: () =>
      readFileSync(accessLogFile, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    stop: () => owned.disposeAsync(),
  };
}

async function prepareEdge(
  folder: string,
  options: Pick<
    EdgeOptions,
    'httpPort' | 'httpsPort' | 'accessLogFile' | 'trustedProxies' | 'redirectPlainHttpTo' | 'outcomesPort'
  > & {
    upstream: TestUpstream;
  },
) {
  const { upstream, ...edge } = options;
  const { caFile, leaves } = await ensureStackTls(join(folder, 'tls'), { edge: ['localhost', '127.0.0.1'] });
  const nginx = await prepareNginx({ cacheDir: join(root, '.local') });
  const prefix = join(folder, 'nginx');
  const configFile = renderEdge(join(root, 'nginx'), prefix, {
    ...edge,
    tls: leaves.edge ?? { certificateFile: '', privateKeyFile: '' },
    authServers: ['127.0.0.1:9'],
    policyServers: [upstream.address],
    proxyServers: [upstream.address],
    nginx,
  });
  const spec = nginx.specFor({
    name: 'edge',
    configFile,
    prefix,
    logFile: join(folder, 'edge.log'),
    ports: [edge.httpPort, edge.httpsPort],
  });
  return { ca: readFileSync(caFile, 'utf8'), spec };
}

function changeLimits(file: string, limits: Readonly<Record<string, string>>): void {
  let text = readFileSync(file, 'utf8');
  for (const [name, value] of Object.entries(limits))
    text = `${text.replace(new RegExp(`^${name} [^;]+;$`, 'm'), '')}\n${name} ${value};`;
  writeFileSync(file, text);
}

async function startUpstream(): Promise<TestUpstream> {
  const received: IncomingMessage[] = [];
  const upstream = {
    received,
    answer: ((_request, response) => response.end('{}')) as RequestListener,
    server: createHttpServer((request, response) => {
      received.push(request);
      upstream.answer(request, response);
    }),
    address: '',
  };
  upstream.address = `127.0.0.1:${await listen(upstream.server, { port: 0, host: '127.0.0.1' })}`;
  return upstream;
}
