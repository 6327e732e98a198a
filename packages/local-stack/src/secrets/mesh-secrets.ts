import { deriveSecret } from './root-secret.ts';

/** The secrets of services that belong to no pair; each is base64 of 32 bytes. */
export interface MeshSecrets {
  readonly kek: string;
  /** Encrypts what may be personal in the audit trail. */
  readonly auditKey: string;
  /** Encrypts what jobs are to do and what came of it. */
  readonly jobsKey: string;
  /** Signs messages that jobs have ended. */
  readonly webhookKey: string;
  /** What DPoP nonces are made of: one secret for all services. */
  readonly dpopNonceSecret: string;
}

export function meshSecrets(root: Buffer): MeshSecrets {
  return {
    kek: deriveSecret(root, 'key-encryption key').toString('base64'),
    auditKey: deriveSecret(root, 'audit trail').toString('base64'),
    jobsKey: deriveSecret(root, 'jobs').toString('base64'),
    webhookKey: deriveSecret(root, 'webhooks of jobs').toString('base64'),
    dpopNonceSecret: deriveSecret(root, 'DPoP nonces').toString('base64'),
  };
}
