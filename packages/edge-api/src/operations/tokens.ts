import { headers } from '@4runr/contracts/headers';
import { webhookKeySchema } from '@4runr/contracts/job';
import {
  authorizationServerMetadataSchema,
  clientAssertionType,
  grantTypes,
  introspectionResponseSchema,
  jwksSchema,
  oauthErrorSchema,
  tokenResponseSchema,
} from '@4runr/contracts/token';
import * as z from 'zod';
import type { Operation } from '../operation.ts';

const form = 'application/x-www-form-urlencoded';
const failure = oauthErrorSchema.meta({ id: 'OAuthError', description: 'RFC 6749 section 5.2' });

/** How a client proves who it is in the form itself (RFC 7523); else by HTTP Basic. */
const clientProof = {
  client_id: z.string().optional(),
  client_assertion_type: z.literal(clientAssertionType).optional(),
  client_assertion: z.string().optional(),
};

const tokenRequest = z.object({
  grant_type: z.enum(grantTypes),
  ...clientProof,
  scope: z.string().optional(),
  resource: z.string().optional(),
  subject_token: z.string().optional(),
  subject_token_type: z.string().optional(),
});

const presentedToken = z.object({
  token: z.string(),
  token_type_hint: z.string().optional(),
  ...clientProof,
});

export const tokenOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/oauth/token',
    id: 'issueToken',
    summary:
      'An access token, for a client or by exchange; a `DPoP` header binds it (RFC 6749, 7523, 8693, 9449)',
    caller: 'client',
    params: { header: z.object({ [headers.dpop]: z.string().optional() }) },
    body: tokenRequest,
    bodyType: form,
    answers: { 200: { about: 'The token.', body: tokenResponseSchema } },
    failure,
  },
  {
    method: 'post',
    path: '/oauth/revoke',
    id: 'revokeToken',
    summary: 'Ends a token (RFC 7009)',
    caller: 'client',
    body: presentedToken,
    bodyType: form,
    answers: { 200: { about: 'The token is good for nothing, or never was.' } },
    failure,
  },
  {
    method: 'post',
    path: '/oauth/introspect',
    id: 'introspectToken',
    summary: 'What a token is worth (RFC 7662)',
    caller: 'client',
    body: presentedToken,
    bodyType: form,
    answers: { 200: { about: 'Its claims, or that it is not active.', body: introspectionResponseSchema } },
    failure,
  },
  {
    method: 'get',
    path: '/.well-known/oauth-authorization-server',
    id: 'getAuthorizationServerMetadata',
    summary: 'Metadata of the authorization server (RFC 8414)',
    caller: 'anybody',
    answers: { 200: { about: 'The metadata.', body: authorizationServerMetadataSchema } },
  },
  {
    method: 'get',
    path: '/.well-known/jwks.json',
    id: 'getSigningKeys',
    summary: 'The keys that access tokens are signed with (RFC 7517)',
    caller: 'anybody',
    answers: { 200: { about: 'The keys.', body: jwksSchema } },
  },
  {
    method: 'get',
    path: '/.well-known/oauth-protected-resource',
    id: 'getProtectedResourceMetadata',
    summary: 'Metadata of the protected resource (RFC 9728)',
    caller: 'anybody',
    answers: { 200: { about: 'The metadata.', body: z.looseObject({ resource: z.url() }) } },
  },
  {
    method: 'get',
    path: '/.well-known/webhook-jwks.json',
    id: 'getWebhookKeys',
    summary: 'The keys that webhooks of jobs are signed with, where there are webhooks',
    caller: 'anybody',
    answers: { 200: { about: 'The keys.', body: z.object({ keys: z.array(webhookKeySchema) }) } },
    codes: ['route.unknown'],
  },
];
