import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { installerEnv, logFile } from './places.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * Runs one command of the set-up: shows what is done and how long it took, keeps the command's output in the log.
 * @param {string} what as in "installing the dependencies"
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, path?: string[], env?: Record<string, string> }} options `path`: folders to put before PATH
 * @throws {SetUpError} with the reason, the last lines of the output and the log's place
 */
export async function runStep(what, command, args, { cwd, path = [], env: extra = {} }) {
  const started = Date.now();
  process.stderr.write(`${what} … `);
  const env = installerEnv();
  const { code, output } = await collect(command, args, {
    cwd,
    env: { ...env, ...extra, PATH: [...path, env.PATH].join(':') },
  });
  appendFileSync(
    logFile,
    `\n== ${new Date().toISOString()} ${command} ${args.join(' ')} (in ${cwd})\n${output}`,
  );
  if (code === 0) {
    process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    return;
  }
  process.stderr.write('failed\n');
  throw new SetUpError(`${failure(what, code, output)}\nThe whole output is in ${logFile}`);
}

/** Runs the command; what ends this process ends it too, so that nothing goes on installing unseen. */
function collect(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (signal) => {
      child.kill(signal);
      process.stderr.write('interrupted\n');
      process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, end);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const done = (code, extra = '') => {
      for (const signal of signals) process.off(signal, end);
      resolve({ code, output: `${output}${extra}` });
    };
    child.on('error', (error) => done(127, `${error.message}\n`));
    child.on('close', (code, signal) => done(code ?? signal));
  });
}

function failure(what, code, output) {
  const lines = output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/npm (warn Unknown|notice)|complete log of this run/.test(line));
  const quoted = lines.slice(-12).map((line) => `  | ${line}`);
  return [`${what} failed (${code}). ${reasonIn(output)}`, ...quoted].join('\n');
}

const REASONS = [
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ENETUNREACH|ECONNRESET|error sending request|dns error/i,
    'The package registry cannot be reached: check the network and the proxy, then run the command again.',
  ],
  [/ENOSPC|no space left/i, 'The disk is full.'],
  [/spawn npm ENOENT/, 'npm is not on PATH: install Node with npm.'],
  [/EACCES|EPERM|permission denied/i, 'A folder cannot be written: see which below.'],
  [/EINTEGRITY|integrity/i, 'A package is not what the lockfile says it is.'],
];

function reasonIn(output) {
  return REASONS.find(([pattern]) => pattern.test(output))?.[1] ?? '';
}
