import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { writePrivateFile } from '../private-file.ts';
import { createAuthority, createLeaf, type KeyedCertificate } from './certificate.ts';

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

export interface StackTls {
  /** The stack's own authority, for clients that are told to trust it. */
  readonly caFile: string;
  /** The authority and the public ones together, for clients that take one file for everything (`CURL_CA_BUNDLE`). */
  readonly bundleFile: string;
  readonly leaves: Readonly<Record<string, CertificateFiles>>;
}

const renewBeforeMs = 30 * 86_400_000;

/**
 * Brings a folder to hold an authority and a leaf per entry of `leaves` (name to subject alternative names). What is there
 * stays, unless it ends within 30 days, its names have changed or another authority signed it.
 */
export async function ensureStackTls(
  folder: string,
  leaves: Readonly<Record<string, readonly string[]>>,
): Promise<StackTls> {
  const authority = await ensure(folder, 'ca', isCurrent, () => createAuthority('4RUNR Gateway local CA'));
  const ca = new X509Certificate(authority.certificate);
  const entries = Object.entries(leaves).map(async ([name, names]) => {
    await ensure(
      folder,
      name,
      (leaf) => isCurrent(leaf) && leaf.checkIssued(ca) && leaf.verify(ca.publicKey) && hasNames(leaf, names),
      () => createLeaf(authority, names),
    );
    return [name, filesOf(folder, name)] as const;
  });
  const bundleFile = join(folder, 'bundle.pem');
  writePrivateFile(bundleFile, [authority.certificate, ...publicAuthorities()].join('\n'));
  return {
    caFile: filesOf(folder, 'ca').certificateFile,
    bundleFile,
    leaves: Object.fromEntries(await Promise.all(entries)),
  };
}

/** Those that Node ships, and those that this machine trusts besides. */
function publicAuthorities(): Set<string> {
  return new Set([...getCACertificates('bundled'), ...getCACertificates('system')]);
}

async function ensure(
  folder: string,
  name: string,
  isUsable: (certificate: X509Certificate) => boolean,
  create: () => Promise<KeyedCertificate>,
): Promise<KeyedCertificate> {
  const files = filesOf(folder, name);
  const kept = readKept(files);
  if (kept !== undefined && isUsable(new X509Certificate(kept.certificate))) return kept;
  const made = await create();
  writePrivateFile(files.privateKeyFile, made.privateKey);
  writePrivateFile(files.certificateFile, made.certificate);
  return made;
}

function filesOf(folder: string, name: string): CertificateFiles {
  return { certificateFile: join(folder, `${name}.pem`), privateKeyFile: join(folder, `${name}-key.pem`) };
}

/** The pair, if both files are there and belong together. */
function readKept({ certificateFile, privateKeyFile }: CertificateFiles): KeyedCertificate | undefined {
  try {
    const kept = {
      certificate: readFileSync(certificateFile, 'utf8'),
      privateKey: readFileSync(privateKeyFile, 'utf8'),
    };
    const belongs = new X509Certificate(kept.certificate).checkPrivateKey(createPrivateKey(kept.privateKey));
    return belongs ? kept : undefined;
  } catch {
    return undefined;
  }
}

function isCurrent(certificate: X509Certificate): boolean {
  return certificate.validToDate.getTime() - Date.now() > renewBeforeMs;
}

function hasNames(leaf: X509Certificate, names: readonly string[]): boolean {
  const held = (leaf.subjectAltName ?? '').split(', ').map((entry) => entry.slice(entry.indexOf(':') + 1));
  const wanted = names.map((name) => (name === '::1' ? '0:0:0:0:0:0:0:1' : name));
  return JSON.stringify(held.sort()) === JSON.stringify(wanted.sort());
}
