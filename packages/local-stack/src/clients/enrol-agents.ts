import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { writePrivateFile } from '../private-file.ts';
import { publicJwks } from '../secrets/signing-key.ts';
import type { AgentName, StackFile } from '../stack/stack-file.ts';
import type { EdgeClient } from './edge-client.ts';
import { type ClientCredentials, requestToken, TokenRefusedError } from './request-token.ts';

/** The demonstration agents, named after the built-in policies' roles. */
export const agentNames = ['scraper', 'enricher', 'engager'] as const satisfies readonly AgentName[];

type Agents = StackFile['agents'];

const keptSchema = z.record(z.string(), z.object({ id: z.string(), clientId: z.string() }));
type Kept = z.infer<typeof keptSchema>;

/**
 * Brings the three agents to be known to auth-service with the keys in `keyFileOf`. Those of an earlier run are kept while
 * they still get a token; after their database was lost they are enrolled anew, with the same keys.
 */
export async function enrolAgents(options: {
  edge: EdgeClient;
  operator: ClientCredentials;
  keyFileOf: (name: AgentName) => string;
  /** Remembers ids over restarts. */
  file: string;
  /** Waits between two attempts; of tests. */
  pause?: () => Promise<void>;
}): Promise<Agents> {
  const { edge, operator, keyFileOf, file, pause = () => setTimeout(1_000) } = options;
  const kept = readKept(file);
  const operatorToken = await requestFirstToken(edge, operator, pause);
  const entries = agentNames.map(async (name) => {
    const keyFile = keyFileOf(name);
    const known = kept[name];
    const isKnown = known !== undefined && (await getsToken(edge, { clientId: known.clientId, keyFile }));
    const agent = isKnown ? known : await enrol(edge, { name, keyFile, operatorToken });
    return [name, { ...agent, keyFile }] as const;
  });
  const agents = Object.fromEntries(await Promise.all(entries)) as Agents;
  writePrivateFile(file, `${JSON.stringify(agents, null, 2)}\n`);
  return agents;
}

const firstTokenAttemptsMax = 5;

/**
 * The first token since Redis was started again: an assertion of the very second in which that began is answered 503, because
 * it could have been used before (ADR 21), and one of the next second serves.
 */
async function requestFirstToken(
  edge: EdgeClient,
  credentials: ClientCredentials,
  pause: () => Promise<void>,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await requestToken(edge, credentials);
    } catch (error) {
      const isForNow = error instanceof TokenRefusedError && error.status === 503;
      if (!isForNow || attempt === firstTokenAttemptsMax) throw error;
      await pause();
    }
  }
}

async function getsToken(edge: EdgeClient, credentials: ClientCredentials): Promise<boolean> {
  try {
    await requestToken(edge, credentials);
    return true;
  } catch (error) {
    if (error instanceof TokenRefusedError && error.status < 500) return false;
    throw error;
  }
}

async function enrol(
  edge: EdgeClient,
  agent: { name: AgentName; keyFile: string; operatorToken: string },
): Promise<{ id: string; clientId: string }> {
  const { status, body } = await edge.send('/v1/agents', {
    method: 'POST',
    token: agent.operatorToken,
    json: {
      name: agent.name,
      role: agent.name,
      description: 'demonstration agent of the local stack',
      jwks: publicJwks(createPrivateKey(readFileSync(agent.keyFile))),
    },
  });
  if (status !== 201)
    throw new Error(`agent ${agent.name} was not enrolled: ${status} ${JSON.stringify(body)}`);
  return z.object({ id: z.string(), clientId: z.string() }).parse(body);
}

function readKept(file: string): Kept {
  try {
    return keptSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
