import { join } from 'node:path';
import {
  databaseName,
  type MeshView,
  meshSecrets,
  operatorClientId,
  type PasswordStore,
  serviceDefinitions,
} from '@4runr/local-stack/installation';
import type { ContainerConfig } from './config.ts';
import { handedOutAt } from './gateway-folder.ts';

/** Files that services read where they were handed out. */
export const handedOutFiles = {
  ca: join(handedOutAt, 'ca.pem'),
  certificate: join(handedOutAt, 'certificate.pem'),
  privateKey: join(handedOutAt, 'private-key.pem'),
};

/** Names in the password store. */
export const passwordNames = {
  redisState: 'redis-state',
  redisCache: 'redis-cache',
  monitor: 'monitor',
  grafana: 'grafana',
  dashboards: 'dashboards',
} as const;

/** What the view of the mesh is made of, beside the settings. */
export interface MeshSource {
  readonly config: Pick<ContainerConfig, 'publicUrl' | 'edgeUrls' | 'upstreamMode'>;
  readonly root: Buffer;
  readonly passwords: PasswordStore;
  /** JWK Set, as JSON. */
  readonly operatorJwks: string;
  /** Likewise. */
  readonly policyFilesJwks: string;
}

/** The mesh as docker-compose.yml lays it out: a host per service, whatever the number of its replicas. */
export function containerMesh(source: MeshSource): MeshView {
  const { config, root, passwords, operatorJwks, policyFilesJwks } = source;
  return {
    publicUrl: config.publicUrl,
    edgeUrls: config.edgeUrls,
    urlsOf: (service) => serviceDefinitions.filter(({ name }) => name === service).map(urlOf),
    databaseUrlOf: async (role) =>
      `postgres://${role}:${passwords.passwordOf(role)}@postgres:5432/${databaseName}`,
    redisUrl: `redis://:${passwords.passwordOf(passwordNames.redisState)}@redis-state:6379`,
    redisCacheUrl: `redis://:${passwords.passwordOf(passwordNames.redisCache)}@redis-cache:6379`,
    ...meshSecrets(root),
    operator: { clientId: operatorClientId, jwks: operatorJwks },
    policyFilesJwks,
    simulator: config.upstreamMode === 'mock' ? simulator() : undefined,
  };
}

function simulator(): NonNullable<MeshView['simulator']> {
  const definition = serviceDefinitions.find(({ mockOnly }) => mockOnly);
  if (definition === undefined) throw new Error('no service simulates the providers');
  const { name, port, extraPorts } = definition;
  return {
    url: urlOf(definition),
    http: `${name}:${port}`,
    https: `${name}:${extraPorts?.TLS_PORT}`,
    caFile: handedOutFiles.ca,
    certificateFile: handedOutFiles.certificate,
    privateKeyFile: handedOutFiles.privateKey,
  };
}

function urlOf({ name, port }: { name: string; port: number }): string {
  return `http://${name}:${port}`;
}
