import { jwksExample } from '../token/index.ts';
import type {
  AddAgentKey,
  AddAgentKeyResponse,
  Agent,
  AgentList,
  CreateAgent,
  CreateAgentResponse,
  RevokeAgentTokensResponse,
  UpdateAgent,
} from './agent.ts';
import type { AgentRole } from './agent-role.ts';

export const createAgentExample: CreateAgent = {
  name: 'Price watcher',
  role: 'scraper',
  description: 'Looks for prices of competitors',
  jwks: jwksExample,
  authMethod: 'private_key_jwt',
};

/** Asks for a key to be made. */
export const createAgentWithoutKeyExample: CreateAgent = { name: 'Price watcher', role: 'scraper' };

export const agentExample: Agent = {
  id: 'agt_01k3v9q2m4h8w6x5z7yd',
  name: 'Price watcher',
  role: 'scraper',
  description: 'Looks for prices of competitors',
  status: 'active',
  clientId: 'agt_01k3v9q2m4h8w6x5z7yd',
  authMethod: 'private_key_jwt',
  jwks: jwksExample,
  tokenTtlSeconds: 900,
  createdAt: '2025-10-09T08:53:20.000Z',
  updatedAt: '2025-10-09T08:53:20.000Z',
};

export const createAgentResponseExample: CreateAgentResponse = {
  ...agentExample,
  privateKey: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n',
};

export const createAgentWithSecretExample: CreateAgent = {
  name: 'Price watcher',
  role: 'scraper',
  authMethod: 'client_secret_basic',
  tokenTtlSeconds: 300,
};

export const createAgentWithSecretResponseExample: CreateAgentResponse = {
  ...agentExample,
  authMethod: 'client_secret_basic',
  jwks: { keys: [] },
  secrets: [{ kid: 'sec_2m4h8w6x5z7yd01k3v9q', createdAt: '2025-10-09T08:53:20.000Z' }],
  tokenTtlSeconds: 300,
  clientSecret: '4rs_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
};

export const agentListExample: AgentList = { items: [agentExample], nextCursor: 'eyJhZnRlciI6MX0' };

/** Suspends an agent, takes its description away, and lets later tokens live for five minutes. */
export const updateAgentExample: UpdateAgent = {
  status: 'suspended',
  description: null,
  tokenTtlSeconds: 300,
};

const [publicJwkExample] = jwksExample.keys as [Agent['jwks']['keys'][number]];

export const addAgentKeyExample: AddAgentKey = { jwk: { ...publicJwkExample } };

export const addAgentKeyResponseExample: AddAgentKeyResponse = {
  kid: publicJwkExample.kid,
  jwk: publicJwkExample,
  privateKey: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n',
};

export const addAgentSecretResponseExample: AddAgentKeyResponse = {
  kid: 'sec_2m4h8w6x5z7yd01k3v9q',
  clientSecret: '4rs_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
};

export const revokeAgentTokensResponseExample: RevokeAgentTokensResponse = { epoch: 1 };

export const agentRoleExample: AgentRole = { id: 'agt_01k3v9q2m4h8w6x5z7yd', role: 'scraper' };
