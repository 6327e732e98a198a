import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CryptoKey, importPKCS8 } from 'jose';
import { e2e } from './config.ts';
import { askAsOperator, fetchToken } from './gateway.ts';

/** What `POST /v1/agents` answers for an agent whose credential is made for it. */
interface MadeAgent {
  readonly id: string;
  readonly clientId: string;
  readonly privateKey: string;
  readonly clientSecret: string;
}

export type RegisteredAgent =
  | { readonly clientId: string; readonly privateKey: CryptoKey }
  | { readonly clientId: string; readonly clientSecret: string };

/** Enrols an agent by an operator; it authenticates by `private_key_jwt` unless said otherwise. */
export async function registerAgent(agent: {
  role: string;
  authMethod?: 'client_secret_basic';
}): Promise<RegisteredAgent> {
  const { clientId, clientSecret, privateKey } = await enrol(agent);
  return agent.authMethod === undefined
    ? { clientId, privateKey: await importPKCS8(privateKey, 'RS256') }
    : { clientId, clientSecret };
}

export type AgentWithSecret = Pick<MadeAgent, 'id' | 'clientId' | 'clientSecret'>;

/** Enrols an agent that authenticates by `client_secret_basic`. */
export function registerWithSecret(role: string): Promise<AgentWithSecret> {
  return enrol({ role, authMethod: 'client_secret_basic' });
}

/** Enrols an agent of a role by an operator and gives an access token of it. */
export async function enrolAgent(role: string): Promise<string> {
  const { clientId, privateKey } = await enrol({ role });
  const keyFile = path.join(e2e.folder.state, `${clientId}.pem`);
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  return fetchToken({ clientId, keyFile });
}

async function enrol(agent: { role: string; authMethod?: string }): Promise<MadeAgent> {
  const answer = await askAsOperator('/v1/agents', 'POST', { name: `e2e ${agent.role}`, ...agent });
  if (answer.status !== 201) throw new Error(`no agent was enrolled: ${answer.text}`);
  return answer.json as MadeAgent;
}
