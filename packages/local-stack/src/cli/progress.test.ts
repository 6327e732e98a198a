import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StackEvent } from '../stack/stack-event.ts';
import { createProgress } from './progress.ts';

const events: StackEvent[] = [
  { kind: 'step', step: 'keys' },
  { kind: 'part', name: 'postgres', log: 'p.log', event: { kind: 'starting' } },
  { kind: 'step', step: 'keys', ms: 120 },
  { kind: 'part', name: 'postgres', log: 'p.log', event: { kind: 'ready', ms: 1_500 } },
  {
    kind: 'part',
    name: 'postgres',
    log: 'p.log',
    event: { kind: 'died', exit: { code: null, signal: 'SIGKILL' }, restartInMs: 100 },
  },
  { kind: 'part', name: 'postgres', log: 'p.log', event: { kind: 'starting' } },
  { kind: 'part', name: 'postgres', log: 'p.log', event: { kind: 'restarted', ms: 700 } },
];

function show(stream: { isTTY: boolean; columns?: number }): string {
  let written = '';
  const progress = createProgress({ ...stream, write: (text) => (written += text) }, () => 0);
  for (const event of events) progress.report(event);
  progress.close();
  return written;
}

describe('the progress of a stack', () => {
  it('is plain lines, beginnings and ends, where there is no terminal', () => {
    assert.deepEqual(show({ isTTY: false }).split('\n'), [
      '  … keys',
      '  … postgres',
      '  ✓ keys                          0.1 s',
      '  ✓ postgres                      1.5 s',
      '  ✗ postgres ended (SIGKILL), starting it again in 0.1 s; its log: p.log',
      '  … postgres',
      '  ✓ postgres is ready again after 0.7 s',
      '',
    ]);
  });

  it('names what is under way on the last line of a terminal, and leaves none behind', () => {
    const written = show({ isTTY: true, columns: 80 });
    assert.match(written, /0\.0 s {2}keys, postgres/);
    assert.ok(written.endsWith('\r\x1b[2K'));
  });
});
