import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StackFile } from '@4runr/local-stack';
import {
  freePort,
  startProcess,
  untilHttpOk,
  untilSucceeds,
  waitUntilReady,
} from '@4runr/local-stack/process';
import { stringify } from 'yaml';

const rules = path.resolve(import.meta.dirname, '../../../deploy/prometheus/rules/*.yml');

export interface Scraper extends AsyncDisposable {
  readonly version: string;
  /** Those that were found and started. */
  readonly exporters: readonly string[];
  /** Until every target was asked twice more, so that whatever has happened is in two samples. */
  untilScraped(): Promise<void>;
  /** Whether a query in PromQL gives a number now. */
  hasData(query: string): Promise<boolean>;
}

type Job = readonly [name: string, url: string];

/** A Prometheus with the rules of this repository, once a second at everything that is named. */
export async function startScraper(options: {
  folder: string;
  described: StackFile;
  jobs: readonly Job[];
}): Promise<Scraper> {
  const { folder, described, jobs } = options;
  await using cleanUp = new AsyncDisposableStack();
  mkdirSync(folder, { recursive: true });
  const exporters = await startExporters(folder, described, cleanUp);
  const port = await freePort(29_090);
  const url = `http://127.0.0.1:${port}`;
  const config = path.join(folder, 'prometheus.yml');
  writeFileSync(config, stringify(configOf([...jobs, ...exporters.map(({ job }) => job)])));
  await start(cleanUp, {
    name: 'prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    ready: `${url}/-/ready`,
    folder,
    port,
  });
  const owned = cleanUp.move();
  const ask = async (query: string) => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data?: { result: { value: [number, string] }[] } };
    return (data?.result ?? []).map(({ value }) => Number(value[1]));
  };
  return {
    version: /version ([\d.]+)/.exec(String(spawnSync('prometheus', ['--version']).output))?.[1] ?? 'unknown',
    exporters: [...new Set(exporters.map(({ name }) => name))],
    untilScraped: async () => {
      const from = Date.now() / 1_000;
      await untilSucceeds(async () => {
        const [oldest = 0] = await ask('min(timestamp(up))');
        if (oldest < from + 2) throw new Error('not every target was asked since');
      }, AbortSignal.timeout(60_000));
    },
    hasData: async (query) => (await ask(query)).some((value) => !Number.isNaN(value)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function configOf(jobs: readonly Job[]): object {
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: jobs.map(([job_name, url]) => ({
      job_name,
      honor_labels: true,
      static_configs: [{ targets: [new URL(url).host] }],
    })),
  };
}

async function startExporters(folder: string, { redis, postgres }: StackFile, cleanUp: AsyncDisposableStack) {
  const started: { readonly name: string; readonly job: Job }[] = [];
  const add = async (job: string, command: string, args: (port: number) => string[], env = {}) => {
    if (spawnSync(command, ['--version']).error !== undefined) return;
    const port = await freePort(29_121);
    const url = `http://127.0.0.1:${port}`;
    await start(cleanUp, {
      name: job,
      command,
      args: args(port),
      env,
      ready: `${url}/metrics`,
      folder,
      port,
    });
    started.push({ name: command, job: [job, url] });
  };
  for (const [job, url] of Object.entries({ 'redis-state': redis.url, 'redis-cache': redis.cacheUrl }))
    await add(job, 'prometheus-redis-exporter', (port) => [
      `-redis.addr=${url}`,
      `-web.listen-address=127.0.0.1:${port}`,
    ]);
  const DATA_SOURCE_NAME = `${postgres.url}?sslmode=disable`;
  await add(
    'postgres',
    'prometheus-postgres-exporter',
    (port) => [`--web.listen-address=127.0.0.1:${port}`],
    { DATA_SOURCE_NAME },
  );
  return started;
}

async function start(
  cleanUp: AsyncDisposableStack,
  part: {
    name: string;
    command: string;
    args: string[];
    env?: Record<string, string>;
    ready: string;
    folder: string;
    port: number;
  },
): Promise<void> {
  const { name, command, args, env = {}, ready, folder, port } = part;
  const running = startProcess({
    name,
    command,
    args,
    env: { PATH: process.env.PATH ?? '', ...env },
    stopSignal: 'SIGTERM',
    logFile: path.join(folder, `${name}.log`),
    ready: (signal) => untilHttpOk(ready, signal),
    ports: [port],
  });
  cleanUp.defer(() => running.stop(5_000));
  await waitUntilReady(running, 60_000);
}
