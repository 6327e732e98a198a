import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readServiceSettings } from '@4runr/local-stack';
import { e2e } from './config.ts';
import { freePort } from './free-port.ts';
import { type Answer, type ToolCall, tokenOf } from './gateway.ts';

/** A replica of proxy-service with settings of its own, beside those that the edge knows. */
export interface ProxyBeside {
  readonly url: string;
  /** Calls `tool/action` at this replica, not through the edge. */
  callTool(action: string, params: unknown, options?: Pick<ToolCall, 'by' | 'headers'>): Promise<Answer>;
  stop(): Promise<void>;
}

const folder = path.join(e2e.folder.root, 'services/proxy-service');
const readyWithinMs = 20_000;

/** @param settings in place of what the stack tells its own replicas, `FF_CACHE` say */
export async function startProxyBeside(settings: Readonly<Record<string, string>>): Promise<ProxyBeside> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(path.join(e2e.folder.logs, `proxy-beside-${port}.log`), 'a');
  const replica = spawn(process.execPath, ['src/main.ts'], {
    cwd: folder,
    env: { ...readServiceSettings(e2e.folder, 'proxy-service'), ...settings, PORT: port },
    stdio: ['ignore', log, log],
  });
  const stop = async () => {
    if (replica.exitCode !== null || !replica.kill()) return;
    await once(replica, 'exit');
  };
  try {
    await untilReady(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    stop,
    async callTool(action, params, { by = 'scraper', headers } = {}) {
      const answered = await fetch(`${url}/v1/tools/${action}`, {
        method: 'POST',
        body: JSON.stringify(params),
        headers: {
          authorization: `Bearer ${await tokenOf(by)}`,
          'content-type': 'application/json',
          ...(headers as Record<string, string> | undefined),
        },
      });
      const text = await answered.text();
      const { status } = answered;
      return { status, headers: Object.fromEntries(answered.headers), text, json: JSON.parse(text) };
    },
  };
}

/** It can serve, and has heard of every tool. */
async function untilReady(url: string): Promise<void> {
  const deadline = AbortSignal.timeout(readyWithinMs);
  for (;;) {
    const isReady = await fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    deadline.throwIfAborted();
    await wait(50);
  }
}
