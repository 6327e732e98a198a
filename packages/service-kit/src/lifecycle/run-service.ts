import type { BaseConfig } from '../config/index.ts';
import { ConfigError } from '../config/index.ts';
import { type RunningService, type ServiceDefinition, startService } from './start-service.ts';

/** Runs a service as this process until SIGTERM or SIGINT; a second signal ends it at once. */
export async function runService<C extends BaseConfig>(definition: ServiceDefinition<C>): Promise<void> {
  try {
    stopOnSignals(await startService(definition));
  } catch (error) {
    const message =
      error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${definition.name} cannot start: ${message}\n`);
    process.exit(1);
  }
}

function stopOnSignals(service: RunningService): void {
  const { logger } = service.kit;
  const stop = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'stopping');
    process.once(signal, () => process.exit(1));
    void service.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error, event }, 'unforeseen failure, ending');
      process.exit(1);
    });
  }
}
