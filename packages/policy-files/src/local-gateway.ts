import { resolve } from 'node:path';
import {
  createEdgeClient,
  readStackFile,
  requestToken,
  type StackFolder,
  stackFolder,
} from '@4runr/local-stack';
import { describeFailure } from './describe-failure.ts';
import { type GatewayAccess, GatewayError } from './gateway-policies.ts';

const root = resolve(import.meta.dirname, '../../..');

/** This clone's running stack, as its operator. @throws GatewayError when it does not run */
export async function findLocalGateway(folder: StackFolder = stackFolder(root)): Promise<GatewayAccess> {
  const stack = readStackFile(folder.stackFile);
  if (stack === undefined) throw new GatewayError('The gateway is not running: npm start, or --url');
  const caFile = resolve(folder.root, stack.edge.ca);
  const { clientId, keyFile } = stack.operator;
  const edge = createEdgeClient({ url: stack.edge.https, caFile });
  try {
    const token = await requestToken(edge, { clientId, keyFile: resolve(folder.root, keyFile) });
    return { url: stack.edge.https, token, caFile };
  } catch (error) {
    throw new GatewayError(`no token of the operator could be had: ${describeFailure(error)}`, {
      cause: error,
    });
  } finally {
    await edge.close();
  }
}
