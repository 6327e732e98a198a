import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Stack, stackFolder, startStack } from '@4runr/local-stack';
import { startWebServer, type WebServer } from './mesh/web-server.ts';

/** Of a token: the tests count in them. */
const microDollar = { input: 1_000_000, output: 1_000_000 };

const root = path.resolve(import.meta.dirname, '../..');
let stack: Stack | undefined;
let web: WebServer | undefined;

/** One mesh for all files: started before the first, told to them by the environment, stopped after the last. */
export async function globalSetup(): Promise<void> {
  const state = await mkdtemp(path.join(tmpdir(), '4runr-e2e-'));
  web = await startWebServer();
  const folder = stackFolder(root, { state });
  stack = await startStack({
    folder,
    ports: 'anywhere',
    ephemeral: true,
    demonstration: false,
    environment: {
      ...process.env,
      HTTP_FETCH_ALLOW_HOSTS: web.allowed,
      UPSTREAM_MODE: 'mock',
      FF_CHAOS: 'on',
      LOG_LEVEL: 'info',
      // Tests ask for more tokens in a minute than any agent needs.
      TOKEN_RATE_CLIENT: '0',
      OPENAI_PRICES: JSON.stringify({ slow: microDollar, failing: microDollar }),
    },
  });
  Object.assign(process.env, { E2E_STATE: state, E2E_WEB: web.url, E2E_WEB_NOT_ALLOWED: web.notAllowedUrl });
}

export async function globalTeardown(): Promise<void> {
  await stack?.stop();
  await web?.stop();
}
