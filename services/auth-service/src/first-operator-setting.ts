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
  const { keys, errors } = await parsePublicKeys(config.operatorJwks.keys, '/keys');
  if (errors !== undefined) {
    throw new ConfigError(errors.map(({ pointer, detail }) => `OPERATOR_JWKS ${pointer} ${detail}`));
  }
  return { clientId: config.operatorClientId, keys };
}
