import { type BaseConfig, ConfigError } from '../config/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { changeLogLevel } from './log-level.ts';
import { type RunningService, type ServiceDefinition, startService } from './start-service.ts';

/** Runs a service as this process until SIGTERM or SIGINT; a second signal ends it at once. SIGUSR2 changes the log level. */
export async function runService<C extends BaseConfig>(definition: ServiceDefinition<C>): Promise<void> {
  try {
    const starting = startService(definition);
    obeySignals(starting);
    const { logger } = (await starting).kit;
    endOnUnforeseen(logger);
  } catch (error) {
    const message =
      error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`${definition.name} cannot start: ${message}\n`);
    process.exit(1);
  }
}

/** From the beginning: what is not listened for ends a process. A signal that comes during the start is obeyed after it. */
function obeySignals(starting: Promise<RunningService>): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    whenStarted(async ({ kit, stop }) => {
      kit.logger.info({ signal }, 'stopping');
      await stop();
      process.exit(0);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGUSR2', () => whenStarted(({ kit }) => changeLogLevel(kit.logger, kit.config.logLevel)));

  /** What keeps a service from starting is told where it is started. */
  function whenStarted(obey: (service: RunningService) => void | Promise<void>): void {
    starting.then(obey, () => {});
  }
}

function endOnUnforeseen(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error, event }, 'unforeseen failure, ending');
      process.exit(1);
    });
  }
}
