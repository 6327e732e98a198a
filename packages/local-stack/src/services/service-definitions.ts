import { adapterServiceName, type ServiceName } from '@4runr/contracts/mesh';
import { simulatedHosts } from '@4runr/provider-simulator/hosts';
import { credentialTools, type Tool, tools } from './tools.ts';

/** What a service may be told of the mesh around it. */
export interface MeshView {
  /** Issuer and audience of access tokens: the edge over HTTPS. */
  readonly publicUrl: string;
  readonly edgeUrls: readonly string[];
  /** Base URL of every replica. */
  urlsOf(service: ServiceName): readonly string[];
  /** Of the role and schema of this name, which are made at first need. */
  databaseUrlOf(role: string): Promise<string>;
  readonly redisUrl: string;
  readonly kek: string;
  /** Encrypts what may be personal in the audit trail. */
  readonly auditKey: string;
  /** What DPoP nonces are made of: one secret for all services. */
  readonly dpopNonceSecret: string;
  readonly operator: { readonly clientId: string; readonly jwks: string };
  /** Where providers are simulated; undefined where adapters speak to the providers. */
  readonly simulator: SimulatorView | undefined;
}

export interface SimulatorView {
  readonly url: string;
  /** `host:port` of its listeners. */
  readonly http: string;
  readonly https: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly caFile: string;
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
    env: (mesh) => ({
      REDIS_URL: mesh.redisUrl,
      PUBLIC_URL: mesh.publicUrl,
      ...dpopEnv(mesh),
      AUTH_SERVICE_URL: first(mesh.urlsOf('auth-service')),
      POLICY_SERVICE_URL: mesh.urlsOf('policy-service').join('|'),
      ADAPTERS: tools.map((tool) => `${tool}=${mesh.urlsOf(adapterServiceName(tool)).join('|')}`).join(','),
    }),
  },
  adapter('serpapi', 4011, ({ simulator }) =>
    simulator === undefined ? {} : { SERPAPI_BASE_URL: simulator.url, SERPAPI_API_KEY: simulatedKey },
  ),
  adapter('http_fetch', 4012, ({ simulator }) =>
    simulator === undefined
      ? {}
      : {
          HTTP_FETCH_OVERRIDE_HOSTS: simulatedHosts.join(','),
          HTTP_FETCH_OVERRIDE_HTTP: simulator.http,
          HTTP_FETCH_OVERRIDE_HTTPS: simulator.https,
          HTTP_FETCH_CA_FILE: simulator.caFile,
        },
  ),
  adapter('openai', 4013, ({ simulator }) =>
    simulator === undefined ? {} : { OPENAI_BASE_URL: simulator.url, OPENAI_API_KEY: simulatedKey },
  ),
  adapter('gmail_send', 4014, ({ simulator }) =>
    simulator === undefined
      ? {}
      : {
          GMAIL_BASE_URL: simulator.url,
          GMAIL_TOKEN_URL: `${simulator.url}/token`,
          GMAIL_CLIENT_ID: simulatedKey,
          GMAIL_CLIENT_SECRET: simulatedKey,
          GMAIL_REFRESH_TOKEN: simulatedKey,
          GMAIL_SENDER: 'gateway@company.com',
        },
  ),
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
      UPSTREAM_MODE: 'mock',
      PUBLIC_URL: mesh.publicUrl,
      ...dpopEnv(mesh),
      AUTH_SERVICE_URL: first(mesh.urlsOf('auth-service')),
      REDIS_URL: mesh.redisUrl,
    }),
  },
];

/** Whatever is sent to the simulator as a credential; it takes any. */
const simulatedKey = 'simulated';

function adapter(tool: Tool, port: number, env: ServiceDefinition['env']): ServiceDefinition {
  const folder = `services/tool-adapters/${tool.replaceAll('_', '-')}`;
  return {
    name: adapterServiceName(tool),
    folder,
    port,
    replicable: true,
    tier: 2,
    env: async (mesh) => ({ ...vaultEnv(tool, mesh), ...(await env(mesh)) }),
  };
}

/** Adapters whose provider asks for a credential are told where the vault is. */
function vaultEnv(tool: Tool, mesh: MeshView): Record<string, string> {
  return credentialTools.includes(tool) ? { AUTH_SERVICE_URL: first(mesh.urlsOf('auth-service')) } : {};
}
