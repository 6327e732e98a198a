import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createServiceApp } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { SimulatorConfig } from './config.ts';
import { createMailbox } from './domain/mailbox.ts';
import { createRequestCounts } from './domain/request-counts.ts';
import { createGmail } from './gmail/gmail.ts';
import { countedRoutes } from './http/provider.ts';
import { createOpenai } from './openai/openai.ts';
import { serpapi } from './serpapi/serpapi.ts';
import { createSimRoutes } from './sim/sim-routes.ts';
import { createWebApp, hostNameOf, isSimulatedHost } from './web/web.ts';

export async function compose(kit: Kit<SimulatorConfig>): Promise<RequestListener> {
  const counts = createRequestCounts();
  const mailbox = createMailbox();
  const { bodyBytesMax } = kit.config;
  const providers = [serpapi, createOpenai(bodyBytesMax), createGmail(bodyBytesMax, mailbox)];
  const app = createServiceApp(kit, {
    routes: [
      ...providers.flatMap((provider) => countedRoutes(provider, counts)),
      ...createSimRoutes({ counts, mailbox }),
    ],
    checks: [],
  });
  const web = createWebApp(kit, counts);
  const listener: RequestListener = (request, response) =>
    (isSimulatedHost(hostNameOf(request)) ? web : app)(request, response);
  await listenForTls(kit, listener);
  return listener;
}

/** The same answers over TLS, where the installer has given a certificate for the declared hosts. */
async function listenForTls(kit: Kit<SimulatorConfig>, listener: RequestListener): Promise<void> {
  const { tlsCertFile, tlsKeyFile, tlsPort, host } = kit.config;
  if (tlsCertFile === '') return;
  const [cert, key] = await Promise.all([readFile(tlsCertFile), readFile(tlsKeyFile)]);
  const server = createServer({ cert, key, minVersion: 'TLSv1.2' }, listener);
  kit.onClose('TLS listener', () => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(tlsPort, host, () => resolve());
  });
  kit.logger.info({ port: tlsPort }, 'listening for TLS');
}
