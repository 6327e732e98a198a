import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { e2e } from './config.ts';
import { askAsOperator, fetchToken } from './gateway.ts';

/** Enrols an agent of a role by an operator and gives an access token of it. */
export async function enrolAgent(role: string): Promise<string> {
  const answer = await askAsOperator('/v1/agents', 'POST', { name: `e2e ${role}`, role });
  if (answer.status !== 201) throw new Error(`no agent was enrolled: ${answer.text}`);
  const { clientId, privateKey } = answer.json as { clientId: string; privateKey: string };
  const keyFile = path.join(e2e.folder.state, `${clientId}.pem`);
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  return fetchToken({ clientId, keyFile });
}
