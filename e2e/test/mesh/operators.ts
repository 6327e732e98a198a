import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ClientCredentials, readServiceSettings } from '@4runr/local-stack';
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import { e2e } from './config.ts';

const script = path.join(e2e.folder.root, 'services/auth-service/src/cli/operators.ts');

/** `npm run operators -- …`: what it wrote. @throws when it was not done */
export async function runOperators(...args: readonly string[]): Promise<string> {
  const env = readServiceSettings(e2e.folder, 'auth-service');
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], { env });
  return stdout;
}

/** Enrols one more operator by the command, with a new key. @param scopes all when left out */
export async function enrolOperator(scopes?: string): Promise<ClientCredentials> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const file = path.join(e2e.folder.state, `operator-${crypto.randomUUID()}`);
  await writeFile(`${file}.json`, JSON.stringify(await exportJWK(publicKey)));
  await writeFile(`${file}.pem`, await exportPKCS8(privateKey), { mode: 0o600 });
  const limits = scopes === undefined ? [] : ['--scopes', scopes];
  const text = await runOperators('enrol', '--name', 'e2e operator', '--jwks', `${file}.json`, ...limits);
  const clientId = /client id is (opr_\w+)/.exec(text)?.[1];
  if (clientId === undefined) throw new Error(`no operator was enrolled: ${text}`);
  return { clientId, keyFile: `${file}.pem` };
}
