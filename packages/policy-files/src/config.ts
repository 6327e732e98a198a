import { policyFilesClientId } from '@4runr/contracts/token';
import {
  type ConfigOf,
  type Environment,
  httpsInProduction,
  loadConfig,
  setting,
  text,
  url,
} from '@4runr/service-kit/config';

/** What the one-shot of a deployment is told. */
export const settings = {
  folder: setting('POLICIES_FOLDER', text(), {
    default: '/policies',
    about: 'folder of the policy files',
  }),
  publicUrl: setting('PUBLIC_URL', url('https', 'http'), {
    unfitForProduction: httpsInProduction,
    about: 'issuer and audience of access tokens; the edge’s certificate is for its host',
  }),
  edgeUrl: setting('EDGE_URL', url('https'), {
    default: 'https://edge:8443',
    about: 'by which the edge is reached',
  }),
  clientId: setting('OPERATOR_CLIENT_ID', text(), {
    default: policyFilesClientId,
    about: 'client id of the operator who applies the files',
  }),
  keyFile: setting('OPERATOR_KEY_FILE', text(), {
    about: 'private key of that operator: PKCS#8 PEM',
  }),
};

export type DeploymentConfig = ConfigOf<typeof settings>;

/** @throws ConfigError */
export const readDeploymentConfig = (environment: Environment = process.env): DeploymentConfig =>
  loadConfig(settings, environment);

/** An operator's access token from the environment; no setting of a service. */
export function readOperatorToken(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const token = environment.OPERATOR_TOKEN?.trim();
  return token === '' ? undefined : token;
}
