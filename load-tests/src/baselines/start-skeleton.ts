import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { StackFile } from '@4runr/local-stack';
import { prepareNginx } from '@4runr/local-stack/parts';
import { root } from '../places.ts';
import { type Baseline, BaselineProcesses } from './baseline-process.ts';

const folder = path.join(root, 'load-tests/baselines/skeleton');

/** The same hops as a call of ours, with nothing done in them: nginx, three express exchanges, one Redis round trip, the provider. */
export async function startSkeleton(stack: StackFile, stateFolder: string): Promise<Baseline> {
  const processes = new BaselineProcesses(path.join(stateFolder, 'skeleton'));
  const [edge, proxy, policy, adapter] = await choosePorts(processes);
  const urlOf = (port: number) => `http://127.0.0.1:${port}`;
  const env = {
    POLICY_URL: urlOf(policy),
    ADAPTER_URL: urlOf(adapter),
    PROVIDER_URL: stack.simulator?.url ?? '',
    REDIS_URL: stack.redis.url,
  };
  for (const [role, port] of Object.entries({ policy, adapter, proxy })) {
    const args = [path.join(folder, 'exchange.ts'), role, String(port)];
    await processes.start({ name: `skeleton-${role}`, args, env, port });
  }
  await startEdge(processes, edge, proxy);
  return {
    url: urlOf(edge),
    parts: processes.parts(),
    [Symbol.asyncDispose]: () => processes[Symbol.asyncDispose](),
  };
}

async function choosePorts(processes: BaselineProcesses): Promise<[number, number, number, number]> {
  return [
    await processes.choosePort(4801),
    await processes.choosePort(4802),
    await processes.choosePort(4803),
    await processes.choosePort(4804),
  ];
}

async function startEdge(processes: BaselineProcesses, port: number, proxyPort: number): Promise<void> {
  const prefix = path.join(processes.folder, 'nginx');
  const logFile = path.join(processes.folder, 'skeleton-edge.log');
  const nginx = await prepareNginx({ cacheDir: path.join(root, '.local') });
  const configFile = path.join(processes.folder, 'nginx.conf');
  writeFileSync(configFile, render({ PREFIX: prefix, PORT: String(port), PROXY_PORT: String(proxyPort) }));
  await processes.startSpec(
    nginx.specFor({ name: 'skeleton-edge', configFile, prefix, logFile, ports: [port] }),
  );
}

function render(values: Readonly<Record<string, string>>): string {
  const all: Readonly<Record<string, string>> = {
    ...values,
    WORKERS: String(availableParallelism()),
    // Workers of another user could not enter the folder.
    USER: process.getuid?.() === 0 ? 'user root;' : '',
  };
  const template = readFileSync(path.join(folder, 'nginx.conf.template'), 'utf8');
  return template.replace(/\$\{(\w+)\}/g, (_all, name: string) => all[name] ?? '');
}
