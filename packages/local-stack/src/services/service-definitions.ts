import { adapterServiceName, type ServiceName } from '@4runr/contracts/mesh';
import { simulatedHosts } from '@4runr/provider-simulator/hosts';
import type { MeshSecrets } from '../secrets/mesh-secrets.ts';
import {
  type AdapterDeclaration,
  fillSimulatorTemplate,
  type SimulatorPlaces,
} from './adapter-declaration.ts';
import { adapterDeclarations } from './read-adapter-declarations.ts';

/** What a service may be told of the mesh around it. */
export interface MeshView extends MeshSecrets {
  /** Issuer and audience of access tokens: the edge over HTTPS. */
  readonly publicUrl: string;
  readonly edgeUrls: readonly string[];
  /** Base URL of every replica. */
  urlsOf(service: ServiceName): readonly string[];
  /** Of the role and schema of this name, which are made at first need. */
  databaseUrlOf(role: string): Promise<string>;
  readonly redisUrl: string;
  readonly redisCacheUrl: string;
  readonly operator: { readonly clientId: string; readonly jwks: string };
  /** Public keys of the operator that applies policy files: a JWK Set, as JSON. */
  readonly policyFilesJwks: string;
  /** Where providers are simulated; undefined where adapters speak to the providers. */
  readonly simulator: SimulatorView | undefined;
}

export interface SimulatorView extends Omit<SimulatorPlaces, 'hosts'> {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** One row of the table of services. */
export interface ServiceDefinition {
  readonly name: ServiceName;
  /** Below the repository's root; its `src/main.ts` is run. */
  readonly folder: string;
  /** Preferred port of the first replica. */
  readonly port: number;
  /** Further listeners: variable that tells the service, and preferred port. */
  readonly extraPorts?: Readonly<Record<string, number>>;
  /** What the names of its own settings begin with, where it has any that are handed on. */
  readonly settings?: string;
  /** False for what keeps its state in memory. */
  readonly replicable: boolean;
  /** Whether it is there only while providers are simulated. */
  readonly mockOnly?: true;
  /** Services of a higher tier call those of lower ones, and are stopped before them. */
  readonly tier: 1 | 2 | 3;
  env(mesh: MeshView): Promise<Record<string, string>> | Record<string, string>;
}

/** What every service that takes access tokens is told about DPoP. */
const dpopEnv = ({ edgeUrls, dpopNonceSecret }: MeshView): Record<string, string> => ({
  EDGE_URLS: edgeUrls.join(','),
  DPOP_NONCE_SECRET: dpopNonceSecret,
});

const first = (urls: readonly string[]): string => urls[0] ?? '';

/** Every service of the mesh: where it lies, where it listens, and what it is told. */
export const serviceDefinitions: readonly ServiceDefinition[] = [
  {
    name: 'auth-service',
    folder: 'services/auth-service',
    port: 4001,
    replicable: true,
    tier: 1,
    env: async (mesh) => ({
      DATABASE_URL: await mesh.databaseUrlOf('auth'),
      REDIS_URL: mesh.redisUrl,
      PUBLIC_URL: mesh.publicUrl,
      ...dpopEnv(mesh),
      KEK_BASE64: mesh.kek,
      OPERATOR_CLIENT_ID: mesh.operator.clientId,
      OPERATOR_JWKS: mesh.operator.jwks,
      POLICY_FILES_JWKS: mesh.policyFilesJwks,
    }),
  },
  {
    name: 'policy-service',
    folder: 'services/policy-service',
    port: 4002,
    replicable: true,
    tier: 2,
    env: async (mesh) => ({
      DATABASE_URL: await mesh.databaseUrlOf('policy'),
      REDIS_URL: mesh.redisUrl,
      PUBLIC_URL: mesh.publicUrl,
      ...dpopEnv(mesh),
      AUTH_SERVICE_URL: first(mesh.urlsOf('auth-service')),
      POLICY_DECISION_POINT_URL: first(mesh.urlsOf('policy-service')),
      AUDIT_KEY_BASE64: mesh.auditKey,
    }),
  },
  {
    name: 'proxy-service',
    folder: 'services/proxy-service',
    port: 4003,
    replicable: true,
    tier: 3,
    env: async (mesh) => ({
      DATABASE_URL: await mesh.databaseUrlOf('proxy'),
      JOBS_KEY_BASE64: mesh.jobsKey,
      JOB_WEBHOOK_KEYS_BASE64: mesh.webhookKey,
      REDIS_URL: mesh.redisUrl,
      REDIS_CACHE_URL: mesh.redisCacheUrl,
      PUBLIC_URL: mesh.publicUrl,
      ...dpopEnv(mesh),
      AUTH_SERVICE_URL: first(mesh.urlsOf('auth-service')),
      POLICY_SERVICE_URL: mesh.urlsOf('policy-service').join('|'),
      ADAPTERS: adapterDeclarations
        .map(({ tool }) => `${tool}=${mesh.urlsOf(adapterServiceName(tool)).join('|')}`)
        .join(','),
    }),
  },
  ...adapterDeclarations.map(adapter),
  {
    name: 'provider-simulator',
    folder: 'services/provider-simulator',
    port: 4020,
    extraPorts: { TLS_PORT: 4021 },
    replicable: false,
    mockOnly: true,
    tier: 1,
    env: (mesh) => ({
      TLS_CERT_FILE: mesh.simulator?.certificateFile ?? '',
      TLS_KEY_FILE: mesh.simulator?.privateKeyFile ?? '',
      PROVIDERS_FILES: adapterDeclarations.flatMap(({ providerFile }) => providerFile ?? []).join(','),
      UPSTREAM_MODE: 'mock',
      PUBLIC_URL: mesh.publicUrl,
      ...dpopEnv(mesh),
      AUTH_SERVICE_URL: first(mesh.urlsOf('auth-service')),
      REDIS_URL: mesh.redisUrl,
    }),
  },
];

function adapter(declaration: AdapterDeclaration): ServiceDefinition {
  const { tool, port, folder, settings } = declaration;
  return {
    name: adapterServiceName(tool),
    folder,
    port,
    settings,
    replicable: true,
    tier: 2,
    env: (mesh) => ({ ...vaultEnv(declaration, mesh), ...mockEnv(declaration, mesh) }),
  };
}

/** Adapters whose provider asks for a credential are told where the vault is. */
function vaultEnv({ credential }: AdapterDeclaration, mesh: MeshView): Record<string, string> {
  return credential ? { AUTH_SERVICE_URL: first(mesh.urlsOf('auth-service')) } : {};
}

function mockEnv({ mock }: AdapterDeclaration, { simulator }: MeshView): Record<string, string> {
  if (simulator === undefined) return {};
  const places = { ...simulator, hosts: simulatedHosts };
  return Object.fromEntries(
    Object.entries(mock).map(([variable, value]) => [variable, fillSimulatorTemplate(value, places)]),
  );
}
