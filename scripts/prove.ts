/** `npm run prove -- <name> [arguments]`: runs a long proof; its command and result are kept in `docs/proofs/<name>.md`. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../e2e/proofs');
const [name = '', ...args] = process.argv.slice(2);
const file = path.join(folder, `${path.basename(name)}.ts`);

if (name === '' || !existsSync(file)) {
  const names = globSync('*.ts', { cwd: folder }).map((proof) => path.basename(proof, '.ts'));
  process.stderr.write(`npm run prove -- <name>, one of: ${names.sort().join(', ')}\n`);
  process.exit(2);
}
process.exit(spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' }).status ?? 1);
