#!/usr/bin/env node
/**
 * Runs a script of this repository with everything it needs: `node bootstrap/run.mjs [--dev] <script.ts> [arguments]`.
 * Brings the pinned Node, pnpm and the dependencies (with --dev also those of development), each only when it is not
 * there, and says on stderr what takes time. Plain JavaScript for Node 18 and later, without dependencies.
 */
import { join } from 'node:path';
import { ensureDependencies } from './dependencies.mjs';
import { launch } from './launch.mjs';
import { checkFolder, localFolder, rootFolder } from './places.mjs';
import { SetUpError } from './set-up-error.mjs';
import { ensureToolchain } from './toolchain.mjs';

const args = process.argv.slice(2);
const isDev = args[0] === '--dev';
if (isDev) args.shift();
const [script, ...scriptArgs] = args;

try {
  if (script === undefined)
    throw new SetUpError('usage: node bootstrap/run.mjs [--dev] <script.ts> [arguments]');
  checkFolder();
  const toolchain = await ensureToolchain();
  await ensureDependencies({ isDev, toolchain });
  await launch(toolchain, join(rootFolder, script), scriptArgs, {
    compileCache: join(localFolder, 'compile-cache'),
  });
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
