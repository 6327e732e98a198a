import { ConfigError } from '@4runr/service-kit/config';
import { readDeploymentConfig } from './config.ts';
import { deployPolicies, PoliciesChangedError } from './deploy-policies.ts';
import { connectAsDeployer } from './deployment-gateway.ts';
import { GatewayError } from './gateway-policies.ts';
import { InvalidPolicyFilesError } from './read-policy-folder.ts';

const explained = [ConfigError, GatewayError, InvalidPolicyFilesError, PoliciesChangedError];

/** The one-shot of a deployment: applies policy files and ends; 0 is done, 1 is refused, failed or in the way of somebody else. */
try {
  const config = readDeploymentConfig();
  const { gateway, self } = await connectAsDeployer(config);
  try {
    const print = (text: string) => void process.stdout.write(text);
    await deployPolicies(gateway, { folder: config.folder, self, print });
  } finally {
    await gateway.close();
  }
} catch (error) {
  const isExplained = explained.some((kind) => error instanceof kind);
  process.stderr.write(`${isExplained ? (error as Error).message : ((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}
