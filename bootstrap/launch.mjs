import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs the script on the toolchain's Node in place of this process: same terminal, same signals, same exit code.
 * @param {import('./toolchain.mjs').Toolchain} toolchain
 * @param {string} script
 * @param {string[]} args
 * @param {{ compileCache: string }} options
 */
export function launch({ node, path }, script, args, { compileCache }) {
  const env = {
    ...process.env,
    PATH: [...path, process.env.PATH].join(':'),
    NODE_COMPILE_CACHE: compileCache,
  };
  const child = spawn(node, [script, ...args], { stdio: 'inherit', env });
  // The terminal sends Ctrl-C to the whole process group: the script has it already, and decides when to end.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal];
      resolve();
    });
  });
}
