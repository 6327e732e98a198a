import type { CreateAgent } from '@4runr/contracts/agent';
import type { ParamsError } from '@4runr/contracts/problem';
import { operatorRole, type PublicJwk } from '@4runr/contracts/token';
import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import type { NewAgent } from './agent.ts';
import { newId } from './new-id.ts';
import { parsePublicKeys } from './public-keys.ts';

/** An agent ready to be stored, or all that is wrong with the request. */
export type Registration =
  | { readonly agent: NewAgent; readonly privateKey: string | undefined; readonly errors?: undefined }
  | { readonly errors: readonly ParamsError[] };

/** The keys of a new agent; `privateKey` is the PKCS#8 PEM of one that was made here. */
interface AgentKeys {
  readonly keys: readonly PublicJwk[];
  readonly privateKey: string | undefined;
}

/** Prepares the registration of an agent, with its own public keys or with an RSA-2048 key that is made for it. */
export async function registerAgent(request: CreateAgent): Promise<Registration> {
  const errors: ParamsError[] = [];
  if (request.role === operatorRole) errors.push({ pointer: '/role', detail: 'is reserved' });
  const own = request.jwks === undefined ? undefined : await parsePublicKeys(request.jwks.keys, '/jwks/keys');
  if (own?.errors !== undefined) errors.push(...own.errors);
  if (errors.length > 0) return { errors };
  const { keys, privateKey } =
    own?.keys === undefined ? await generateKeys() : { keys: own.keys, privateKey: undefined };
  const id = newId('agt');
  const { name, role, description, authMethod = 'private_key_jwt' } = request;
  return { agent: { id, clientId: id, name, role, description, authMethod, keys }, privateKey };
}

/** An RSA-2048 key, made off the event loop. */
async function generateKeys(): Promise<AgentKeys> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { keys: [{ ...jwk, kid, kty: 'RSA' } as PublicJwk], privateKey: await exportPKCS8(privateKey) };
}
