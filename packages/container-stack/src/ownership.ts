import { globSync, lchownSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives the folder and all in it to the owner of a file: on the host whoever cloned the repository, who could neither read the
 * keys nor remove the folder if it were root's.
 */
export function giveToOwnerOf(file: string, folder: string): void {
  const { uid, gid } = statSync(file);
  for (const path of ['', ...globSync('**/*', { cwd: folder })]) lchownSync(join(folder, path), uid, gid);
}
