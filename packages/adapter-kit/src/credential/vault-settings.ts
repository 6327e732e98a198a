import { type ConfigOf, integer, setting, url } from '@4runr/service-kit/config';
import * as z from 'zod';

/** The settings of an adapter that has a credential; its `config.ts` spreads them. */
export function vaultSettings() {
  return {
    authServiceUrl: setting('AUTH_SERVICE_URL', url('http', 'https').or(z.literal('')), {
      default: '',
      about:
        'base URL of auth-service, whose vault comes before the credential of these settings; empty asks no vault',
    }),
    credentialPollMs: setting('CREDENTIAL_POLL_MS', integer(20, 60_000), {
      default: '2000',
      about: 'how often the vault is asked for another version, give or take a fifth, in milliseconds',
    }),
  };
}

export type VaultConfig = ConfigOf<ReturnType<typeof vaultSettings>>;
