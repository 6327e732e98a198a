import { readFileSync } from 'node:fs';
import {
  type CertificateFiles,
  type MeshView,
  meshKeysOf,
  type PasswordStore,
  type ServiceDefinition,
  serviceDefinitions,
} from '@4runr/local-stack/installation';
import { passwordNames } from './container-mesh.ts';
import type { HandOut } from './hand-out.ts';

/** What is handed out is made of. */
export interface HandOutSource {
  readonly mesh: MeshView;
  readonly meshKeys: Parameters<typeof meshKeysOf>[1];
  readonly passwords: PasswordStore;
  /** Of the operator that applies policy files. */
  readonly policyFilesKeyFile: string;
  readonly caFile: string;
  readonly leaves: Readonly<Record<'edge' | 'simulator', CertificateFiles>>;
}

/**
 * What each part of docker-compose.yml is handed, by its name there. A service finds every variable that the local stack would
 * set in a file of its name, so that `<NAME>_FILE` can name it; which of them it reads is said in docker-compose.yml.
 */
export async function handOuts(source: HandOutSource): Promise<ReadonlyMap<string, HandOut>> {
  const { passwords, leaves, caFile, policyFilesKeyFile } = source;
  const services = serviceDefinitions.map(async (definition) => [
    definition.name,
    await toService(definition, source),
  ]);
  return new Map<string, HandOut>([
    ...((await Promise.all(services)) as [string, HandOut][]),
    ['edge', keyedCertificate(leaves.edge)],
    ['policies', { 'key.pem': read(policyFilesKeyFile), 'ca.pem': read(caFile) }],
    ['postgres', { password: passwords.passwordOf('postgres') }],
    ['redis-state', redis(passwords.passwordOf(passwordNames.redisState))],
    ['redis-cache', redis(passwords.passwordOf(passwordNames.redisCache))],
    ['redis-exporter', { 'passwords.json': JSON.stringify(redisPasswords(passwords)) }],
    ['postgres-exporter', { password: passwords.passwordOf(passwordNames.monitor) }],
    [
      'grafana',
      {
        password: passwords.passwordOf(passwordNames.grafana),
        'database-password': passwords.passwordOf(passwordNames.dashboards),
      },
    ],
  ]);
}

async function toService(definition: ServiceDefinition, source: HandOutSource): Promise<HandOut> {
  const { mesh, meshKeys, caFile, leaves } = source;
  return {
    ...(await definition.env(mesh)),
    MESH_KEYS: JSON.stringify(meshKeysOf(definition.name, meshKeys)),
    'ca.pem': read(caFile),
    ...(definition.mockOnly ? keyedCertificate(leaves.simulator) : {}),
  };
}

const read = (file: string) => readFileSync(file, 'utf8');

function keyedCertificate({ certificateFile, privateKeyFile }: CertificateFiles): HandOut {
  return {
    'certificate.pem': read(certificateFile),
    'private-key.pem': read(privateKeyFile),
  };
}

/** The password twice: for the server, and for its health check. */
function redis(password: string): HandOut {
  return { 'redis.conf': `requirepass ${password}\n`, password };
}

/** As redis_exporter takes them: address to password. */
function redisPasswords(passwords: PasswordStore): Record<string, string> {
  return {
    'redis://redis-state:6379': passwords.passwordOf(passwordNames.redisState),
    'redis://redis-cache:6379': passwords.passwordOf(passwordNames.redisCache),
  };
}
