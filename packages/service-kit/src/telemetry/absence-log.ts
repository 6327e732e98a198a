import { type AbsenceOptions, createAbsenceLevel } from './absence-level.ts';
import type { Logger } from './logger.ts';

/** Tells of a part that comes and goes: one line when it goes and one when it is back, however often it is tried. */
export interface AbsenceLog {
  /** At the level of {@link createAbsenceLevel}, so twice for a part that does not come up in time; else at `debug`. */
  away(fields: object, message: string): void;
  /** At `info`, only after it was told that the part is away. */
  present(fields: object, message: string): void;
}

export function createAbsenceLog(logger: Logger, options: AbsenceOptions = {}): AbsenceLog {
  const absence = createAbsenceLevel(options);
  let told: 'info' | 'warn' | undefined;
  return {
    away(fields, message) {
      const level = absence.current();
      logger[told === level ? 'debug' : level](fields, message);
      told = level;
    },
    present(fields, message) {
      absence.recordPresence();
      if (told !== undefined) logger.info(fields, message);
      told = undefined;
    },
  };
}
