import { ConfigError } from '@4runr/service-kit/config';
import { readConfig } from './config.ts';
import { startExporter } from './start-exporter.ts';

try {
  const exporter = await startExporter(readConfig());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => exporter.stop());
} catch (error) {
  const cause = error instanceof ConfigError ? error.message : String(error);
  process.stderr.write(`edge-exporter cannot start: ${cause}\n`);
  process.exitCode = 1;
}
