import { join, resolve } from 'node:path';
import type { StackFile } from '../stack/stack-file.ts';
import type { StackFolder } from '../stack/stack-folder.ts';
import { createEdgeClient } from './edge-client.ts';
import { type ClientCredentials, requestToken, signAssertion } from './request-token.ts';

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
    OPERATOR: operator,
    SCRAPER: agents.scraper,
    ENRICHER: agents.enricher,
    ENGAGER: agents.engager,
  };
  try {
    const tokens = Object.entries(holders).map(async ([name, holder]) => [
      `${name}_TOKEN`,
      await requestToken(client, withKey(holder)),
    ]);
    return {
      GATEWAY_URL: edge.https,
      GATEWAY_HTTP_URL: edge.http,
      GATEWAY_CA: absolute(edge.ca),
      // The public authorities are in it too: curl goes on working for other sites.
      CURL_CA_BUNDLE: join(folder.tls, 'bundle.pem'),
      NODE_EXTRA_CA_CERTS: absolute(edge.ca),
      SCRAPER_ASSERTION: await signAssertion(edge.https, withKey(agents.scraper)),
      ...Object.fromEntries(await Promise.all(tokens)),
    };
  } finally {
    await client.close();
  }
}
