import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callOutcomeExample } from '@4runr/contracts/audit';
import { createLogger } from '@4runr/service-kit/telemetry';
import { createOutcomeLedger } from './outcome-ledger.ts';

const settlement = { outcome: callOutcomeExample, consumption: { isGivenBack: true, used: {} } };

/** A ledger whose settler fails for as often as it is told to. */
function setUp(failures: number) {
  const lines: string[] = [];
  const closers: (() => unknown)[] = [];
  let attempts = 0;
  const logger = createLogger(
    { service: 'proxy-service', level: 'error' },
    { write: (line) => void lines.push(line) },
  );
  const ledger = createOutcomeLedger(
    { logger, onClose: (_name, close) => void closers.push(close) },
    {
      settle: async () => {
        attempts += 1;
        if (attempts <= failures) throw new Error('Redis is away');
        return 'settled';
      },
    },
  );
  const close = async () => void (await Promise.all(closers.map((closer) => closer())));
  return { ledger, close, lines, attempts: () => attempts };
}

describe('the outcome ledger', () => {
  it('tells once what can be told', async () => {
    const { ledger, close, attempts } = setUp(0);
    await ledger.settle(settlement);
    await close();
    assert.equal(attempts(), 1);
  });

  it('holds nobody up and fails nobody when it cannot be told, and tries again', async () => {
    const { ledger, close, lines, attempts } = setUp(2);
    await ledger.settle(settlement);
    assert.equal(attempts(), 1);
    await close();
    assert.deepEqual([attempts(), lines], [3, []]);
  });

  it('gives up after some attempts, and says of which call', async () => {
    const { ledger, close, lines, attempts } = setUp(100);
    await ledger.settle(settlement);
    await close();
    assert.equal(attempts(), 4);
    assert.equal(JSON.parse(lines[0] ?? '').call_id, callOutcomeExample.id);
    assert.equal(lines.length, 1);
  });
});
