import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of files to their texts. */
export type HandOut = Readonly<Record<string, string>>;

/**
 * Brings a folder to hold the files. They can be read by whoever sees the folder, because users of containers differ from
 * image to image: what keeps others out is that a container sees its own folder alone, and on the host nobody but its owner
 * enters the folder above. A file whose text has not changed stays as it is, and the folder always does: it is mounted.
 */
export function handOut(folder: string, files: HandOut): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    if (readOrUndefined(file) === text) continue;
    writeFileSync(`${file}.new`, text, { mode: 0o444 });
    chmodSync(`${file}.new`, 0o444);
    renameSync(`${file}.new`, file);
  }
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
