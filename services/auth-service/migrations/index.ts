import { createIdentities } from './0001-create-identities.ts';
import { revocationsAndChanges } from './0002-revocations-and-changes.ts';
import { clientSecretsAndTokenTtl } from './0003-client-secrets-and-token-ttl.ts';
import { signingKeyStates } from './0004-signing-key-states.ts';
import { createCredentials } from './0005-create-credentials.ts';
import { grantableScopes } from './0006-grantable-scopes.ts';
import { removedKeys } from './0007-removed-keys.ts';

/** Every migration by its name, in the order in which they are applied. One that was released never changes. */
export const migrations = {
  '0001-create-identities': createIdentities,
  '0002-revocations-and-changes': revocationsAndChanges,
  '0003-client-secrets-and-token-ttl': clientSecretsAndTokenTtl,
  '0004-signing-key-states': signingKeyStates,
  '0005-create-credentials': createCredentials,
  '0006-grantable-scopes': grantableScopes,
  '0007-removed-keys': removedKeys,
};
