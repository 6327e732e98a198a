import type { RequestListener } from 'node:http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { createApiApp, createWebApp } from './app.ts';
import { composeFaults } from './compose-faults.ts';
import type { SimulatorConfig } from './config.ts';
import { loadDeclaredProviders } from './declared/load-declared-providers.ts';
import { builtInTools } from './domain/fault/simulated-tool.ts';
import { createMailbox } from './domain/mailbox.ts';
import { createRequestCounts } from './domain/request-counts.ts';
import { createShownCredentials } from './domain/shown-credentials.ts';
import { listenForTls } from './http/tls-listener.ts';
import { simulatedHostOf } from './web/virtual-host.ts';

export async function compose(kit: Kit<SimulatorConfig>): Promise<RequestListener> {
  const declared = await loadDeclaredProviders(kit.config.providersFiles);
  const parts = {
    declared,
    counts: createRequestCounts(),
    mailbox: createMailbox(),
    credentials: createShownCredentials(),
    ...(await composeFaults(kit, [...builtInTools, ...declared.map(({ tool }) => tool)])),
  };
  const web = createWebApp(kit, parts);
  const api = createApiApp(kit, parts);
  const listener: RequestListener = (request, response) => {
    const app = simulatedHostOf(request.headers.host) === undefined ? api : web;
    app(request, response);
  };
  await listenForTls(kit, listener);
  return listener;
}
