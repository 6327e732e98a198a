import type { LogLevel } from '../config/index.ts';
import type { Logger } from '../telemetry/index.ts';

/**
 * Lets people look closer at a service that runs: `debug` in place of its configured level, or that again. Each change is told of
 * in the log.
 */
export function changeLogLevel(logger: Logger, configured: LogLevel): void {
  logger.level = logger.level === 'debug' ? configured : 'debug';
  logger.warn({ now: logger.level }, 'the log level was changed');
}
