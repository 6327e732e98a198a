import type { RevocationMessage } from './feed-message.ts';
import type { RevocationEntry } from './revocation.ts';

/** A token that expires at 1,760,000,900. */
export const tokenRevocationExample: RevocationEntry = {
  field: 'token:tok_8fj3k2m4h8w6x5z7ydqa',
  value: '{"exp":1760000960}',
};

/** An agent whose epoch became 3 at 1,760,000,000. */
export const clientRevocationExample: RevocationEntry = {
  field: 'client:agt_01k3v9q2m4h8w6x5z7yd',
  value: '{"epoch":3,"exp":1760003660}',
};

export const revocationMessageExample: RevocationMessage = {
  ...clientRevocationExample,
  at: '1760000000000',
};
