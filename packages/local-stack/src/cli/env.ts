import { join } from 'node:path';
import { createEdgeClient } from '../clients/edge-client.ts';
import { requestToken, signAssertion } from '../clients/request-token.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { runCommand } from './run-command.ts';
import { renderExports } from './shell-exports.ts';
import { absolute, folder, readStackState } from './this-stack.ts';

/** `npm run -s env`: what pasted commands need, for `eval "$(npm run -s env)"`. */
async function env(): Promise<number> {
  const state = readStackState();
  if (state.kind !== 'running') {
    process.stderr.write(
      `The gateway is ${state.kind === 'stopped' ? 'not running: npm start' : 'still starting'}\n`,
    );
    // So that the eval fails too.
    process.stdout.write('false\n');
    return 1;
  }
  process.stdout.write(renderExports(await collect(state.stack)));
  return 0;
}

async function collect({ edge, operator, agents }: StackFile): Promise<Record<string, string>> {
  const client = createEdgeClient({ url: edge.https, caFile: absolute(edge.ca) });
  const tokenOf = ({ clientId, keyFile }: { clientId: string; keyFile: string }) =>
    requestToken(client, { clientId, keyFile: absolute(keyFile) });
  const holders = {
    OPERATOR: operator,
    SCRAPER: agents.scraper,
    ENRICHER: agents.enricher,
    ENGAGER: agents.engager,
  };
  try {
    const tokens = Object.entries(holders).map(async ([name, holder]) => [
      `${name}_TOKEN`,
      await tokenOf(holder),
    ]);
    return {
      GATEWAY_URL: edge.https,
      GATEWAY_HTTP_URL: edge.http,
      GATEWAY_CA: absolute(edge.ca),
      // The public authorities are in it too: curl goes on working for other sites.
      CURL_CA_BUNDLE: join(folder.tls, 'bundle.pem'),
      NODE_EXTRA_CA_CERTS: absolute(edge.ca),
      // For getting a token by hand, once.
      SCRAPER_ASSERTION: await signAssertion(edge.https, {
        ...agents.scraper,
        keyFile: absolute(agents.scraper.keyFile),
      }),
      ...Object.fromEntries(await Promise.all(tokens)),
    };
  } finally {
    await client.close();
  }
}

await runCommand(env);
