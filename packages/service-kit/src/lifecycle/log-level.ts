import type { LogLevel } from '../config/index.ts';
import type { Logger } from '../telemetry/index.ts';

/**
 * Lets people look closer at a service that runs: SIGUSR2 logs everything down to `debug`, the next one what `LOG_LEVEL` says
 * again. Each is told of in the log, whatever its level.
 */
export function changeLogLevelOnSignal(logger: Logger, configured: LogLevel): void {
  process.on('SIGUSR2', (signal) => {
    logger.level = logger.level === 'debug' ? configured : 'debug';
    logger.warn({ signal, now: logger.level }, 'the log level was changed');
  });
}
