import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAbsenceLog } from './absence-log.ts';
import type { Logger } from './logger.ts';

describe('the log of a part that comes and goes', () => {
  it('tells each coming and going once, the others at debug, and once loudly what does not come up in time', () => {
    const lines: string[] = [];
    const log = (level: string) => (_fields: object, message: string) =>
      void lines.push(`${level} ${message}`);
    const logger = { debug: log('debug'), info: log('info'), warn: log('warn') } as unknown as Logger;
    let now = 0;
    const absence = createAbsenceLog(logger, { monotonicMs: () => now });
    for (const at of [0, 5_000, 10_000, 11_000]) {
      now = at;
      absence.away({}, 'away');
    }
    for (let time = 0; time < 2; time += 1) absence.present({}, 'back');
    for (let time = 0; time < 2; time += 1) absence.away({}, 'away');
    assert.deepEqual(lines, [
      ...['info away', 'debug away', 'warn away', 'debug away'],
      'info back',
      ...['warn away', 'debug away'],
    ]);
  });
});
