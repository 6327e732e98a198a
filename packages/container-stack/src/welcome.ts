import { join } from 'node:path';
import {
  createEdgeClient,
  demonstrate,
  type EdgeClient,
  enrolAgents,
  operatorClientId,
  sessionTokens,
  untilSucceeds,
} from '@4runr/local-stack/installation';
import type { ContainerConfig } from './config.ts';
import { type GatewayFolder, keyFileOf } from './gateway-folder.ts';

const meshReadyWithinMs = 60_000;

type Write = (text: string) => void;

/** Enrols the demo agents where they are not yet, makes one call of each tool through the edge, and says how to go on. */
export async function welcome(folder: GatewayFolder, config: ContainerConfig, write: Write): Promise<void> {
  await withEdge(folder, config, async (edge) => {
    await untilReady(edge);
    const agents = await enrol(folder, edge);
    const { upstreamMode } = config;
    await demonstrate({
      ...{ edge, agents, upstreamMode, operator: operatorOf(folder) },
      onAnswer: ({ scope, answer }) => {
        const body = JSON.stringify(answer.body);
        write(
          `${scope.padEnd(20)} ${answer.status}  ${body.length > 150 ? `${body.slice(0, 150)}…` : body}\n`,
        );
      },
    });
  });
  write(farewell(config));
}

/** Variables for a shell: where the edge is and whom to trust, tokens of everybody, an assertion that serves once. */
export function session(folder: GatewayFolder, config: ContainerConfig): Promise<Record<string, string>> {
  const shown = (name: string) => join(config.shownFolder, 'clients', name);
  return withEdge(folder, config, async (edge) => ({
    GATEWAY_URL: config.publicUrl,
    GATEWAY_CA: shown('ca.pem'),
    CURL_CA_BUNDLE: shown('bundle.pem'),
    NODE_EXTRA_CA_CERTS: shown('ca.pem'),
    ...(await sessionTokens(edge, {
      operator: operatorOf(folder),
      agents: await enrol(folder, edge),
    })),
  }));
}

function enrol(folder: GatewayFolder, edge: EdgeClient) {
  return enrolAgents({
    edge,
    operator: operatorOf(folder),
    keyFileOf: (name) => keyFileOf(folder, name),
    file: folder.agentsFile,
  });
}

function operatorOf(folder: GatewayFolder) {
  return { clientId: operatorClientId, keyFile: keyFileOf(folder, 'operator') };
}

function untilReady(edge: EdgeClient): Promise<void> {
  return untilSucceeds(async () => {
    const { status } = await edge.send('/ready');
    if (status !== 200) throw new Error(`/ready answered ${status}`);
  }, AbortSignal.timeout(meshReadyWithinMs));
}

async function withEdge<T>(
  folder: GatewayFolder,
  { edgeUrl, publicUrl }: ContainerConfig,
  use: (edge: EdgeClient) => Promise<T>,
): Promise<T> {
  const edge = createEdgeClient({ url: edgeUrl, issuer: publicUrl, caFile: join(folder.clients, 'ca.pem') });
  try {
    return await use(edge);
  } finally {
    await edge.close();
  }
}

function farewell({ publicUrl, shownFolder }: ContainerConfig): string {
  const curl = `curl "$GATEWAY_URL/v1/tools/serpapi/search" -H "Authorization: Bearer $SCRAPER_TOKEN"`;
  return `
The gateway is up: ${publicUrl}
  its CA, and the keys of the operator and of the demo agents: ${shownFolder}/clients/
  secrets: ${shownFolder}/state/ (keep them as you keep the database), and what each part was handed of them: parts/
Call it (docker-compose where compose is a program of its own):
  eval "$(docker compose run --rm --no-deps -T client session)"
  ${curl} -H 'Content-Type: application/json' -d '{"q": "api gateway"}'
`;
}
