import type { CreateAgent } from '@4runr/contracts/agent';
import type { ParamsError } from '@4runr/contracts/problem';
import { accessTokenTtlSeconds, operatorRole, type PublicJwk } from '@4runr/contracts/token';
import type { NewAgent } from './agent.ts';
import type { ClientSecrets, NewClientSecret } from './client-secret.ts';
import { generateKey } from './generate-key.ts';
import { newId } from './new-id.ts';
import { parsePublicKeys } from './public-keys.ts';

/** An agent ready to be stored, with what is shown once of what was made for it; or all that is wrong with the request. */
export type Registration =
  | {
      readonly agent: NewAgent;
      /** PKCS#8 PEM. */
      readonly privateKey: string | undefined;
      readonly clientSecret: string | undefined;
      readonly errors?: undefined;
    }
  | { readonly errors: readonly ParamsError[] };

/** What a new agent authenticates with. */
interface Credentials {
  readonly keys: readonly PublicJwk[];
  readonly privateKey?: string;
  readonly secret?: NewClientSecret;
}

/**
 * Prepares the registration of an agent: with its own public keys, with an RSA-2048 key that is made for it, or with a
 * client secret.
 *
 * @throws ProblemError `service.unavailable` while no secret can be made
 */
export async function registerAgent(
  request: CreateAgent,
  clientSecrets: Pick<ClientSecrets, 'create'>,
): Promise<Registration> {
  const { name, role, description, authMethod = 'private_key_jwt' } = request;
  const errors: ParamsError[] = [];
  if (role === operatorRole) errors.push({ pointer: '/role', detail: 'is reserved' });
  if (authMethod === 'client_secret_basic' && request.jwks !== undefined) {
    errors.push({ pointer: '/jwks', detail: 'does not go with client_secret_basic' });
  }
  const own = request.jwks === undefined ? undefined : await parsePublicKeys(request.jwks.keys, '/jwks/keys');
  if (own?.errors !== undefined) errors.push(...own.errors);
  if (errors.length > 0) return { errors };
  const id = newId('agt');
  const { keys, privateKey, secret } = await makeCredentials(own?.keys, () =>
    authMethod === 'client_secret_basic' ? clientSecrets.create(id) : undefined,
  );
  const { tokenTtlSeconds = accessTokenTtlSeconds } = request;
  const secrets = secret === undefined ? [] : [{ kid: secret.kid, digest: secret.digest }];
  return {
    agent: { id, clientId: id, name, role, description, authMethod, keys, secrets, tokenTtlSeconds },
    privateKey,
    clientSecret: secret?.secret,
  };
}

async function makeCredentials(
  own: readonly PublicJwk[] | undefined,
  createSecret: () => NewClientSecret | undefined,
): Promise<Credentials> {
  if (own !== undefined) return { keys: own };
  const secret = createSecret();
  return secret === undefined ? generateKeys() : { keys: [], secret };
}

async function generateKeys(): Promise<Credentials> {
  const { key, privateKey } = await generateKey();
  return { keys: [key], privateKey };
}
