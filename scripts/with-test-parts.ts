/**
 * Runs a command with a Postgres and a Redis of its own, for working on one test:
 * `node scripts/with-test-parts.ts node --test services/auth-service/test/integration/token.test.ts`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startTestParts } from '../packages/local-stack/src/parts/index.ts';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: node scripts/with-test-parts.ts <command> [arguments]');

const parts = await startTestParts({
  cacheDir: fileURLToPath(new URL('../.local', import.meta.url)),
  report: (message) => process.stderr.write(`${message}\n`),
});
const env = { ...process.env, TEST_POSTGRES_URL: parts.postgresUrl, TEST_REDIS_URL: parts.redisUrl };
// Ctrl-C reaches the command, being in the same group; this process stays to tidy up.
process.on('SIGINT', () => {});
try {
  const [code] = await once(spawn(command, args, { stdio: 'inherit', env }), 'exit');
  process.exitCode = code ?? 1;
} finally {
  await parts.stop();
}
