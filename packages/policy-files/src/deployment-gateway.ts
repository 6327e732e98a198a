import { isIP } from 'node:net';
import { accessTokenClaimsSchema } from '@4runr/contracts/token';
import { createEdgeClient, requestToken } from '@4runr/local-stack/installation';
import { decodeJwt } from 'jose';
import type { DeploymentConfig } from './config.ts';
import { describeFailure } from './describe-failure.ts';
import { connectToGateway, GatewayError, type GatewayPolicies } from './gateway-policies.ts';

/**
 * The gateway, as the operator of a deployment, and the `sub` that it knows this operator by.
 *
 * The edge’s certificate is to be of a public authority, or of NODE_EXTRA_CA_CERTS.
 *
 * @throws GatewayError where no token can be had
 */
export async function connectAsDeployer(
  config: DeploymentConfig,
): Promise<{ readonly gateway: GatewayPolicies; readonly self: string }> {
  const { edgeUrl: url, publicUrl } = config;
  const serverName = certifiedNameOf(publicUrl);
  const token = await obtainToken(config, serverName);
  const { sub } = accessTokenClaimsSchema.pick({ sub: true }).parse(decodeJwt(token));
  return { gateway: connectToGateway({ url, token, serverName }), self: sub };
}

async function obtainToken(config: DeploymentConfig, serverName: string | undefined): Promise<string> {
  const { edgeUrl: url, publicUrl: issuer, clientId, keyFile } = config;
  const edge = createEdgeClient({ url, issuer, serverName });
  try {
    return await requestToken(edge, { clientId, keyFile });
  } catch (error) {
    throw new GatewayError(`no token of ${clientId} could be had: ${describeFailure(error)}`, {
      cause: error,
    });
  } finally {
    await edge.close();
  }
}

/** An address is no name of a server (RFC 6066 section 3). */
function certifiedNameOf(publicUrl: string): string | undefined {
  const { hostname } = new URL(publicUrl);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : undefined;
}
