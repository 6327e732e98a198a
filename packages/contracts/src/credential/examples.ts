import type { Credential, CredentialFields, CredentialList } from './credential.ts';
import type { CredentialDelivery } from './delivery.ts';

export const credentialFieldsExample: CredentialFields = { apiKey: 'sk-example-no-secret' };

export const credentialExample: Credential = {
  tool: 'openai',
  version: 3,
  fields: ['apiKey'],
  createdAt: '2025-10-09T08:53:20.000Z',
  updatedAt: '2025-11-02T17:04:11.000Z',
  updatedBy: 'opr_01k3v9q2m4h8w6x5z7yd',
};

export const credentialListExample: CredentialList = { items: [credentialExample] };

/** Made for the purpose `credential:openai:3` and nobody's key. */
export const credentialDeliveryExample: CredentialDelivery = {
  tool: 'openai',
  version: 3,
  jwe: [
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0',
    '',
    'AAECAwQFBgcICQoL',
    'Y2lwaGVydGV4dA',
    'AAECAwQFBgcICQoLDA0ODw',
  ].join('.'),
};
