import * as openid from 'openid-client';
import type { RegisteredAgent } from '../mesh/agents.ts';
import { type GrantedToken, jsonHeaders, type OAuthLibrary, tokenExchangeGrant } from './session.ts';

/** It asks again by itself when a DPoP nonce is wanted. */
export const openidClient: OAuthLibrary = {
  name: 'openid-client',
  async connect(issuer, client) {
    const config = await openid.discovery(issuer, client.clientId, undefined, authenticationOf(client), {
      algorithm: 'oauth2',
    });
    const dpop = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const bound = (isBound: boolean) => (isBound ? { DPoP: dpop } : {});

    return {
      grant: async (parameters, { isBound } = { isBound: false }) =>
        granted(await openid.clientCredentialsGrant(config, { ...parameters }, bound(isBound))),
      exchange: async (parameters, { isBound } = { isBound: false }) =>
        granted(
          await openid.genericGrantRequest(config, tokenExchangeGrant, { ...parameters }, bound(isBound)),
        ),
      revoke: (token) => openid.tokenRevocation(config, token),
      introspect: async (token) => ({ ...(await openid.tokenIntrospection(config, token)) }),
      post: (url, body, { accessToken, tokenType }) =>
        openid.fetchProtectedResource(
          config,
          accessToken,
          url,
          'POST',
          JSON.stringify(body),
          jsonHeaders(),
          bound(tokenType === 'dpop'),
        ),
    };
  },
};

function authenticationOf(client: RegisteredAgent): openid.ClientAuth {
  return 'privateKey' in client
    ? openid.PrivateKeyJwt(client.privateKey)
    : openid.ClientSecretBasic(client.clientSecret);
}

function granted(response: openid.TokenEndpointResponse): GrantedToken {
  return {
    accessToken: response.access_token,
    tokenType: response.token_type,
    expiresIn: response.expires_in,
    scope: response.scope,
  };
}
