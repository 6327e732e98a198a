import { join } from 'node:path';

/** Where the containers' secrets lie. */
export interface GatewayFolder {
  readonly root: string;
  /** Of the set-up alone: what everything else is derived from. */
  readonly secretsFile: string;
  /** Of database roles, Redis and Grafana. */
  readonly passwordsFile: string;
  /** Private key of the operator that applies policy files. */
  readonly policyFilesKeyFile: string;
  readonly tls: string;
  /** For people: the CA, and the private keys of the operator and of the demo agents. */
  readonly clients: string;
  readonly agentsFile: string;
  /** What one part is handed; it sees this folder alone, read-only, as {@link handedOutAt}. */
  handedTo(part: string): string;
}

/** Where a part finds what it was handed. */
export const handedOutAt = '/run/gateway';

export function gatewayFolder(root: string): GatewayFolder {
  const state = join(root, 'state');
  const clients = join(root, 'clients');
  return {
    root,
    secretsFile: join(state, 'secrets.json'),
    passwordsFile: join(state, 'passwords.json'),
    policyFilesKeyFile: join(state, 'policy-files.pem'),
    tls: join(state, 'tls'),
    clients,
    agentsFile: join(clients, 'agents.json'),
    handedTo: (part) => join(root, 'parts', part),
  };
}

/** The private key of the operator or of a demo agent: PKCS#8 PEM. */
export function keyFileOf({ clients }: GatewayFolder, name: string): string {
  return join(clients, `${name}.pem`);
}
