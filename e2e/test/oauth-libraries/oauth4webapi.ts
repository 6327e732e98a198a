import * as oauth from 'oauth4webapi';
import type { RegisteredAgent } from '../mesh/agents.ts';
import { type GrantedToken, jsonHeaders, type OAuthLibrary, tokenExchangeGrant } from './session.ts';

export const oauth4webapi: OAuthLibrary = {
  name: 'oauth4webapi',
  async connect(issuer, registered) {
    const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' });
    const server = await oauth.processDiscoveryResponse(issuer, discovered);
    const client: oauth.Client = { client_id: registered.clientId };
    const auth = authenticationOf(registered);
    const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const bound = (isBound: boolean) => (isBound ? { DPoP: dpop } : {});

    return {
      grant: (parameters, { isBound } = { isBound: false }) =>
        withNonce(async () => {
          const response = await oauth.clientCredentialsGrantRequest(
            server,
            client,
            auth,
            { ...parameters },
            bound(isBound),
          );
          return granted(await oauth.processClientCredentialsResponse(server, client, response));
        }),
      exchange: (parameters, { isBound } = { isBound: false }) =>
        withNonce(async () => {
          const response = await oauth.genericTokenEndpointRequest(
            server,
            client,
            auth,
            tokenExchangeGrant,
            { ...parameters },
            bound(isBound),
          );
          return granted(await oauth.processGenericTokenEndpointResponse(server, client, response));
        }),
      revoke: async (token) =>
        oauth.processRevocationResponse(await oauth.revocationRequest(server, client, auth, token)),
      introspect: async (token) =>
        oauth.processIntrospectionResponse(
          server,
          client,
          await oauth.introspectionRequest(server, client, auth, token),
        ),
      post: (url, body, { accessToken, tokenType }) =>
        withNonce(() =>
          oauth.protectedResourceRequest(
            accessToken,
            'POST',
            url,
            jsonHeaders(),
            JSON.stringify(body),
            bound(tokenType === 'dpop'),
          ),
        ),
    };
  },
};

function authenticationOf(client: RegisteredAgent): oauth.ClientAuth {
  return 'privateKey' in client
    ? oauth.PrivateKeyJwt(client.privateKey)
    : oauth.ClientSecretBasic(client.clientSecret);
}

/** Asks once more when the server has just told the nonce that it wants (RFC 9449 section 8). */
async function withNonce<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return request();
  }
}

function granted(response: oauth.TokenEndpointResponse): GrantedToken {
  return {
    accessToken: response.access_token,
    tokenType: response.token_type,
    expiresIn: response.expires_in,
    scope: response.scope,
  };
}
