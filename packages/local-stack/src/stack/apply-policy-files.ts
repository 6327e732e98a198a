import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { policyFilesClientId } from '@4runr/contracts/token';
import type { StackFolder } from './stack-folder.ts';

/** Longer than any start takes; whoever hangs is not waited for. */
const timeoutMs = 60_000;

/**
 * Applies `deploy/policies` as a deployment does.
 *
 * @returns what was in the way: files that are none, or what an operator has changed; undefined when all is as the files say
 */
export function applyPolicyFiles(
  folder: StackFolder,
  edge: { readonly url: string; readonly caFile: string },
): Promise<string | undefined> {
  const env = {
    PUBLIC_URL: edge.url,
    EDGE_URL: edge.url,
    NODE_EXTRA_CA_CERTS: edge.caFile,
    OPERATOR_KEY_FILE: join(folder.keys, `${policyFilesClientId}.pem`),
    POLICIES_FOLDER: join(folder.root, 'deploy/policies'),
    NODE_COMPILE_CACHE: folder.compileCache,
  };
  const script = join(folder.root, 'packages/policy-files/src/main.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env, timeout: timeoutMs }, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : stderr.trim() || error.message);
    });
  });
}
