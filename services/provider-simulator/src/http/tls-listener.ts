import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createHttpServer, drain, listen } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { SimulatorConfig } from '../config.ts';
import { trackTcpSockets } from '../faults/connection.ts';

/**
 * Gives the same answers over TLS, where the installer has made a certificate for the declared hosts.
 *
 * @throws Error when a file cannot be read, is no PEM, or the port is taken
 */
export async function listenForTls(kit: Kit<SimulatorConfig>, listener: RequestListener): Promise<void> {
  const { tlsCertFile, tlsKeyFile, tlsPort, host, shutdownGraceMs } = kit.config;
  if (tlsCertFile === '') return;
  const [cert, key] = await Promise.all([readFile(tlsCertFile), readFile(tlsKeyFile)]);
  const server = createHttpServer(listener, { cert, key, logger: kit.logger });
  trackTcpSockets(server);
  const port = await listen(server, { port: tlsPort, host });
  kit.onDrain('TLS listener', () => drain(server, shutdownGraceMs));
  kit.logger.info({ port }, 'listening for TLS');
}
