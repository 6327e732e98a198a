import { join, resolve } from 'node:path';
import type { StackFile } from '../stack/stack-file.ts';
import type { StackFolder } from '../stack/stack-folder.ts';
import { createEdgeClient, type EdgeClient } from './edge-client.ts';
import { type ClientCredentials, requestToken, signAssertion } from './request-token.ts';

/** Whose tokens a session has: the operator and the demo agents, with key files that can be read here. */
export type SessionHolders = Pick<StackFile, 'operator' | 'agents'>;

/**
 * What pasted commands need: where the edge is and whom to trust, tokens of everybody, and an assertion that serves once.
 *
 * @throws TokenRefusedError
 */
export async function sessionVariables(
  { edge, operator, agents }: StackFile,
  folder: StackFolder,
): Promise<Record<string, string>> {
  const absolute = (shown: string) => resolve(folder.root, shown);
  const withKey = ({ clientId, keyFile }: ClientCredentials) => ({ clientId, keyFile: absolute(keyFile) });
  const client = createEdgeClient({ url: edge.https, caFile: absolute(edge.ca) });
  const holders = {
    operator: withKey(operator),
    agents: {
      scraper: { ...agents.scraper, ...withKey(agents.scraper) },
      enricher: { ...agents.enricher, ...withKey(agents.enricher) },
      engager: { ...agents.engager, ...withKey(agents.engager) },
    },
  };
  try {
    return {
      GATEWAY_URL: edge.https,
      GATEWAY_HTTP_URL: edge.http,
      GATEWAY_CA: absolute(edge.ca),
      // The public authorities are in it too: curl goes on working for other sites.
      CURL_CA_BUNDLE: join(folder.tls, 'bundle.pem'),
      NODE_EXTRA_CA_CERTS: absolute(edge.ca),
      ...(await sessionTokens(client, holders)),
    };
  } finally {
    await client.close();
  }
}

/**
 * Tokens of everybody, and an assertion that serves once.
 *
 * @throws TokenRefusedError
 */
export async function sessionTokens(
  edge: EdgeClient,
  { operator, agents }: SessionHolders,
): Promise<Record<string, string>> {
  const holders = {
    OPERATOR: operator,
    SCRAPER: agents.scraper,
    ENRICHER: agents.enricher,
    ENGAGER: agents.engager,
  };
  const tokens = Object.entries(holders).map(async ([name, holder]) => [
    `${name}_TOKEN`,
    await requestToken(edge, holder),
  ]);
  return {
    SCRAPER_ASSERTION: await signAssertion(edge.issuer, agents.scraper),
    ...Object.fromEntries(await Promise.all(tokens)),
  };
}
