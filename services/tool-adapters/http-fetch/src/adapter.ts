import { readFileSync } from 'node:fs';
import { defineAdapter } from '@4runr/adapter-kit';
import { createDnsResolver, createEgressGuard, type EgressGuardOptions } from '@4runr/egress-guard';
import { createGetHandler } from './actions/get/handler.ts';
import { getManifest } from './actions/get/manifest.ts';
import { createHeadHandler } from './actions/head/handler.ts';
import { headManifest } from './actions/head/manifest.ts';
import { forbiddenTarget } from './client/forbidden-target.ts';
import { createWebClient } from './client/web-client.ts';
import { type HttpFetchConfig, readConfig } from './config.ts';

export const httpFetchAdapter = defineAdapter({
  manifest: {
    tool: 'http_fetch',
    version: '1',
    description: 'Pages of the open web. Nothing inside a private network can be reached.',
    isolation: 'host',
    actions: { get: getManifest, head: headManifest },
  },
  readConfig,
  compose: ({ config, createProviderClient, onClose }) => {
    const guard = createEgressGuard(toGuardOptions(config));
    onClose('egress guard', () => guard.close());
    const provider = createProviderClient({
      dispatcher: guard.dispatcher,
      bytesMax: config.bytesMax,
      propagateTrace: false,
      translate: forbiddenTarget,
    });
    const web = createWebClient({ provider, guard, userAgent: config.userAgent });
    return { get: createGetHandler(web, config.bytesMax), head: createHeadHandler(web) };
  },
});

function toGuardOptions(config: HttpFetchConfig): EgressGuardOptions {
  const { allowHosts, dnsServers } = config;
  const ports = config.ports.map(Number);
  const resolve = dnsServers.length === 0 ? {} : { resolve: createDnsResolver(dnsServers) };
  return { ports, allowHosts, ...resolve, ...toOverride(config) };
}

function toOverride(config: HttpFetchConfig): Pick<EgressGuardOptions, 'override'> {
  const { overrideHosts, overrideHttp, overrideHttps, caFile } = config;
  if (overrideHosts.length === 0) return {};
  const servers = {
    ...(overrideHttp === '' ? {} : { http: overrideHttp }),
    ...(overrideHttps === '' ? {} : { https: overrideHttps }),
  };
  const ca = caFile === '' ? {} : { ca: readFileSync(caFile, 'utf8') };
  return { override: { hosts: overrideHosts, ...servers, ...ca } };
}
