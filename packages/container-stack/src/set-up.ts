import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  agentNames,
  type CertificateFiles,
  ensureSigningKey,
  ensureStackTls,
  loadRootSecret,
  type MeshView,
  openPasswordStore,
  type PasswordStore,
  publicJwks,
  readMeshGeneration,
} from '@4runr/local-stack/installation';
import { simulatedHosts } from '@4runr/provider-simulator/hosts';
import type { ContainerConfig } from './config.ts';
import { containerMesh } from './container-mesh.ts';
import { type GatewayFolder, keyFileOf } from './gateway-folder.ts';
import { handOut } from './hand-out.ts';
import { handOuts } from './hand-outs.ts';

/**
 * Makes what is not there yet of secrets, keys and certificates, and hands each part its own. Run again it changes nothing,
 * but that certificates are renewed 30 days before they end, and that other settings are handed out anew.
 */
export async function setUp(folder: GatewayFolder, config: ContainerConfig): Promise<void> {
  mkdirSync(folder.root, { recursive: true });
  chmodSync(folder.root, 0o700);
  const { mesh, root, passwords } = await openMesh(folder, config);
  for (const name of agentNames) await ensureSigningKey(keyFileOf(folder, name));
  const certificates = await makeCertificates(folder, config);
  const given = await handOuts({
    mesh,
    meshKeys: { root, generation: readMeshGeneration(folder.secretsFile) },
    passwords,
    policyFilesKeyFile: folder.policyFilesKeyFile,
    ...certificates,
  });
  for (const [part, files] of given) handOut(folder.handedTo(part), files);
}

/** The mesh, and the secrets in the folder that it is made of; those that are missing are made. */
export async function openMesh(
  folder: GatewayFolder,
  config: ContainerConfig,
): Promise<{ mesh: MeshView; root: Buffer; passwords: PasswordStore }> {
  const root = loadRootSecret(folder.secretsFile);
  const passwords = openPasswordStore(folder.passwordsFile);
  const jwksOf = async (file: string) => JSON.stringify(publicJwks(await ensureSigningKey(file)));
  const operatorJwks = await jwksOf(keyFileOf(folder, 'operator'));
  const policyFilesJwks = await jwksOf(folder.policyFilesKeyFile);
  return { mesh: containerMesh({ config, root, passwords, operatorJwks, policyFilesJwks }), root, passwords };
}

async function makeCertificates(folder: GatewayFolder, config: ContainerConfig) {
  const names = { edge: edgeNames(config), simulator: simulatedHosts };
  const { caFile, bundleFile, leaves } = await ensureStackTls(folder.tls, names);
  copyFileSync(caFile, join(folder.clients, 'ca.pem'));
  copyFileSync(bundleFile, join(folder.clients, 'bundle.pem'));
  return { caFile, leaves: { edge: leafOf(leaves, 'edge'), simulator: leafOf(leaves, 'simulator') } };
}

/** Names that the edge's certificate is for: this machine's, the edge's own in the mesh, and those that clients use. */
function edgeNames({ publicUrl, edgeUrls }: ContainerConfig): string[] {
  const hosts = [publicUrl, ...edgeUrls].map((edgeUrl) => new URL(edgeUrl).hostname.replace(/^\[|\]$/g, ''));
  return [...new Set(['localhost', '127.0.0.1', '::1', 'edge', ...hosts])];
}

function leafOf(leaves: Readonly<Record<string, CertificateFiles>>, name: string): CertificateFiles {
  const leaf = leaves[name];
  if (leaf === undefined) throw new Error(`there is no certificate for ${name}`);
  return leaf;
}
