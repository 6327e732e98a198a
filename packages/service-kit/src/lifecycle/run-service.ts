import { type BaseConfig, ConfigError } from '../config/index.ts';
import { changeLogLevelOnSignal } from './log-level.ts';
import { type RunningService, type ServiceDefinition, startService } from './start-service.ts';

/** Runs a service as this process until SIGTERM or SIGINT; a second signal ends it at once. SIGUSR2 changes the log level. */
export async function runService<C extends BaseConfig>(definition: ServiceDefinition<C>): Promise<void> {
  try {
    const service = await startService(definition);
    stopOnSignals(service);
    changeLogLevelOnSignal(service.kit.logger, service.kit.config.logLevel);
  } catch (error) {
    const message =
      error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${definition.name} cannot start: ${message}\n`);
    process.exit(1);
  }
}

function stopOnSignals(service: RunningService): void {
  const { logger } = service.kit;
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    logger.info({ signal }, 'stopping');
    void service.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error, event }, 'unforeseen failure, ending');
      process.exit(1);
    });
  }
}
