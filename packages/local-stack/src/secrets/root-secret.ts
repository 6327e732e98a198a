import { hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writePrivateFile } from '../private-file.ts';

const rootBytes = 32;

/**
 * The one secret of a stack, from which all others are derived; made at first need and kept (mode 600). No service ever
 * gets it.
 *
 * @throws Error when the file is there and holds something else: data encrypted by the lost root could never be read
 */
export function loadRootSecret(file: string): Buffer {
  const kept = readKept(file);
  if (kept !== undefined) return parseRoot(kept, file);
  const root = randomBytes(rootBytes);
  writePrivateFile(file, `${JSON.stringify({ root: root.toString('base64url') })}\n`);
  return root;
}

/** A secret of its own for each purpose (HKDF-SHA256, RFC 5869), 32 bytes. */
export function deriveSecret(root: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, '4runr-gateway local stack v1', purpose, rootBytes));
}

function readKept(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseRoot(text: string, file: string): Buffer {
  try {
    const { root } = JSON.parse(text) as { root: string };
    const bytes = Buffer.from(root, 'base64url');
    if (bytes.length === rootBytes) return bytes;
  } catch {}
  throw new Error(`${file} does not hold the stack's secret; put it back, or start anew with --fresh`);
}
