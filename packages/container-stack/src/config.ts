import {
  type ConfigOf,
  type Environment,
  httpsInProduction,
  loadConfig,
  type Setting,
  setting,
  text,
  url,
  urlList,
} from '@4runr/service-kit/config';
import * as z from 'zod';

/** What docker-compose.yml tells the one-shot containers. */
export const settings = {
  folder: setting('GATEWAY_FOLDER', text(), {
    default: '/gateway',
    about: 'where secrets, keys and certificates are made and kept',
  }),
  shownFolder: setting('GATEWAY_FOLDER_SHOWN', text(), {
    default: '/gateway',
    about: 'the same folder as whoever reads the output knows it',
  }),
  ownerOf: setting('OWNER_OF', text(), {
    default: '',
    about: 'file whose owner shall own that folder; empty leaves it to root',
  }),
  publicUrl: setting('PUBLIC_URL', url('https', 'http'), {
    unfitForProduction: httpsInProduction,
    about: 'issuer and audience of access tokens: the URL by which clients know the edge',
  }),
  edgeUrls: setting('EDGE_URLS', urlList('http', 'https'), {
    default: '',
    about: 'all URLs by which clients reach the edge, separated by commas; as the services are told',
  }),
  edgeUrl: setting('EDGE_URL', url('https'), {
    default: 'https://edge:8443',
    about: 'by which these containers reach the edge',
  }),
  upstreamMode: setting('UPSTREAM_MODE', z.enum(['mock', 'live']), {
    default: 'mock',
    about: '`mock`: adapters are pointed at provider-simulator',
  }) as Setting<'mock' | 'live'>,
};

export type ContainerConfig = ConfigOf<typeof settings>;

/** @throws ConfigError */
export const readConfig = (environment: Environment = process.env): ContainerConfig =>
  loadConfig(settings, environment);
