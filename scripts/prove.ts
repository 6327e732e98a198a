/**
 * `npm run prove -- <name> [--keep] [arguments]`: runs a long proof. What it prints on stdout is its result, in Markdown; with
 * `--keep` it becomes `docs/proofs/<name>.md`, under the command and the machine that it was got by.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const folder = path.join(root, 'e2e/proofs');
const [name = '', ...given] = process.argv.slice(2);
const isKept = given.includes('--keep');
const args = given.filter((arg) => arg !== '--keep');
const file = path.join(folder, `${path.basename(name)}.ts`);

if (name === '' || !existsSync(file)) {
  const names = globSync('*.ts', { cwd: folder }).map((proof) => path.basename(proof, '.ts'));
  process.stderr.write(`npm run prove -- <name> [--keep], one of: ${names.sort().join(', ')}\n`);
  process.exit(2);
}

const proof = spawn(process.execPath, [file, ...args], { stdio: ['inherit', 'pipe', 'inherit'] });
let result = '';
proof.stdout.setEncoding('utf8').on('data', (text: string) => {
  result += text;
  process.stdout.write(text);
});
// Ctrl-C reaches the proof, being in the same group; this process stays to pass its exit code on.
process.on('SIGINT', () => {});
const [code] = (await once(proof, 'close')) as [number | null];
if (code === 0 && isKept) keep(result);
process.exit(code ?? 1);

function keep(text: string): void {
  const target = path.join(root, 'docs/proofs', `${name}.md`);
  mkdirSync(path.dirname(target), { recursive: true });
  const command = ['npm run prove --', name, ...args].join(' ');
  writeFileSync(target, `# ${name}\n\n\`${command}\` on ${describeMachine()}.\n\n${text.trim()}\n`);
}

function describeMachine(): string {
  const model = cpus()[0]?.model.trim() || 'an unnamed processor';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const date = new Date().toISOString().slice(0, 10);
  return `${availableParallelism()} cores (${model}, shared), ${memory}, Node ${process.versions.node}, ${date}`;
}
