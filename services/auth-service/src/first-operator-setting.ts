import type { PublicJwk } from '@4runr/contracts/token';
import { ConfigError } from '@4runr/service-kit/config';
import type { AuthConfig } from './config.ts';
import { parsePublicKeys } from './domain/public-keys.ts';
import type { FirstOperator } from './store/first-operator.ts';

/**
 * The operator whom the settings name, held to the same rules as an agent's keys: a private key in the environment is
 * refused rather than ignored.
 *
 * @throws ConfigError
 */
export async function readFirstOperator(config: AuthConfig): Promise<FirstOperator | undefined> {
  if (config.operatorClientId === '') return undefined;
  const keys = await readPublicKeys('OPERATOR_JWKS', config.operatorJwks);
  return { clientId: config.operatorClientId, keys };
}

/** Public keys of the operator that applies policy files; none where there is no such operator. @throws ConfigError */
export function readPolicyFilesKeys(config: AuthConfig): Promise<readonly PublicJwk[]> {
  return readPublicKeys('POLICY_FILES_JWKS', config.policyFilesJwks);
}

async function readPublicKeys(name: string, jwks: AuthConfig['operatorJwks']): Promise<readonly PublicJwk[]> {
  if (jwks.keys.length === 0) return [];
  const { keys, errors } = await parsePublicKeys(jwks.keys, '/keys');
  if (errors === undefined) return keys;
  throw new ConfigError(errors.map(({ pointer, detail }) => `${name} ${pointer} ${detail}`));
}
