import type { OperatorScope } from '@4runr/contracts/token';
import { type AccessTokenAuthority, requireOperator } from '@4runr/service-kit/access-token';
import { jsonBody, type Route } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { requireMeshToken } from '@4runr/service-kit/mesh';
import type { RequestHandler } from 'express';
import type { AgentStore } from '../domain/agent.ts';
import type { ClientSecrets } from '../domain/client-secret.ts';
import type { CredentialStore } from '../domain/credential.ts';
import type { TokenIntrospectionParts } from '../domain/introspect-token.ts';
import type { RevocationPublisher } from '../domain/revocation-publisher.ts';
import type { TokenRevocationParts } from '../domain/revoke-token.ts';
import type { AuthMetrics } from '../metrics.ts';
import type { KeyRing } from '../store/key-ring.ts';
import { addAgentKeyHandler } from './agents/add-agent-key.ts';
import { createAgentHandler } from './agents/create-agent.ts';
import { deleteAgentHandler } from './agents/delete-agent.ts';
import { getAgentHandler } from './agents/get-agent.ts';
import { getAgentRoleHandler } from './agents/get-agent-role.ts';
import { listAgentsHandler } from './agents/list-agents.ts';
import { removeAgentKeyHandler } from './agents/remove-agent-key.ts';
import { revokeAgentTokensHandler } from './agents/revoke-agent-tokens.ts';
import { updateAgentHandler } from './agents/update-agent.ts';
import { deleteCredentialHandler } from './credentials/delete-credential.ts';
import { adapterOfTool, deliverCredentialHandler } from './credentials/deliver-credential.ts';
import { getCredentialHandler } from './credentials/get-credential.ts';
import { listCredentialsHandler } from './credentials/list-credentials.ts';
import { putCredentialHandler } from './credentials/put-credential.ts';
import { formBody } from './oauth/form-body.ts';
import { introspectTokenHandler } from './oauth/introspect-token.ts';
import {
  admitAddress,
  issueTokenHandler,
  measureTokenRequests,
  type TokenEndpointParts,
} from './oauth/issue-token.ts';
import { revokeTokenHandler } from './oauth/revoke-token.ts';
import { authorizationServerHandler } from './well-known/authorization-server.ts';
import { jwksHandler } from './well-known/jwks.ts';

/** What the operations are made of. */
export interface RouteParts {
  readonly kit: Kit;
  readonly metrics: AuthMetrics;
  readonly agents: AgentStore;
  readonly revocations: RevocationPublisher;
  readonly credentials: CredentialStore;
  readonly keyRing: KeyRing;
  /** How long the published keys may be kept unread. */
  readonly keysMaxAgeSeconds: number;
  readonly clientSecrets: ClientSecrets;
  readonly tokenIssue: TokenEndpointParts;
  readonly tokenState: Pick<TokenRevocationParts, 'readGenuineToken' | 'storeRevocation'> &
    Pick<TokenIntrospectionParts, 'isTokenAlive'>;
  readonly authority: AccessTokenAuthority;
}

/** Everything that the service answers, beside its operational routes. */
export function describeRoutes(parts: RouteParts): readonly Route[] {
  const { kit, metrics, agents, keyRing, tokenIssue, authority } = parts;
  const { reportSecurityEvent } = kit;
  const operator = (scope: OperatorScope) => requireOperator({ authority, scope, reportSecurityEvent });
  const json = jsonBody(kit.config.bodyBytesMax);
  const proxy = requireMeshToken({ keyring: kit.keyring, callers: ['proxy-service'], reportSecurityEvent });
  const oauth = [admitAddress(tokenIssue), ...formBody()];
  const issue = issueTokenHandler(kit, metrics, tokenIssue);
  const tokenParts = { ...tokenIssue, ...parts.tokenState, revocations: parts.revocations };

  return [
    { method: 'post', path: '/oauth/token', handlers: [measureTokenRequests(metrics), ...oauth, issue] },
    {
      method: 'post',
      path: '/oauth/revoke',
      handlers: [...oauth, revokeTokenHandler(kit, metrics, tokenParts)],
    },
    { method: 'post', path: '/oauth/introspect', handlers: [...oauth, introspectTokenHandler(tokenParts)] },
    {
      method: 'get',
      path: '/.well-known/jwks.json',
      handlers: [jwksHandler(keyRing, parts.keysMaxAgeSeconds)],
    },
    {
      method: 'get',
      path: '/.well-known/oauth-authorization-server',
      handlers: [authorizationServerHandler(tokenIssue.issuer)],
    },
    {
      method: 'post',
      path: '/v1/agents',
      handlers: [operator('agents:write'), json, createAgentHandler(kit, metrics, parts)],
    },
    { method: 'get', path: '/v1/agents', handlers: [operator('agents:read'), listAgentsHandler(agents)] },
    { method: 'get', path: '/v1/agents/:id', handlers: [operator('agents:read'), getAgentHandler(agents)] },
    {
      method: 'get',
      path: '/internal/agents/:id/role',
      handlers: [proxy, getAgentRoleHandler(agents)],
    },
    ...agentChangeRoutes(parts, [operator('agents:write'), json]),
    ...credentialRoutes(parts, { operator: operator('credentials:write'), json }),
  ];
}

/** What changes an agent that is there. @param before what runs ahead of each */
function agentChangeRoutes(parts: RouteParts, before: readonly RequestHandler[]): readonly Route[] {
  const path = '/v1/agents/:id';
  return [
    { method: 'patch', path, handlers: [...before, updateAgentHandler(parts)] },
    { method: 'delete', path, handlers: [...before, deleteAgentHandler(parts)] },
    {
      method: 'post',
      path: `${path}/keys`,
      handlers: [...before, addAgentKeyHandler(parts, parts.clientSecrets)],
    },
    { method: 'delete', path: `${path}/keys/:kid`, handlers: [...before, removeAgentKeyHandler(parts)] },
    {
      method: 'post',
      path: `${path}/revoke-tokens`,
      handlers: [...before, revokeAgentTokensHandler(parts)],
    },
  ];
}

/** Credentials of providers. @param operator what lets operators pass @param json what reads a body */
function credentialRoutes(
  { kit, credentials }: RouteParts,
  { operator, json }: { operator: RequestHandler; json: RequestHandler },
): readonly Route[] {
  const { keyring, reportSecurityEvent } = kit;
  const fromAdapter = requireMeshToken({ keyring, callers: adapterOfTool, reportSecurityEvent });
  const path = '/v1/credentials/:tool';
  return [
    { method: 'get', path: '/v1/credentials', handlers: [operator, listCredentialsHandler(credentials)] },
    { method: 'put', path, handlers: [operator, json, putCredentialHandler(kit, credentials)] },
    { method: 'get', path, handlers: [operator, getCredentialHandler(credentials)] },
    { method: 'delete', path, handlers: [operator, deleteCredentialHandler(kit, credentials)] },
    {
      method: 'get',
      path: '/internal/credentials/:tool',
      handlers: [fromAdapter, deliverCredentialHandler(kit, credentials)],
    },
  ];
}
