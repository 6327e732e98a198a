import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditStreams, operatorChangeExample, toAuditMessage } from '@4runr/contracts/audit';
import { type AuditDelivery, createAuditDrain, drainWhatWaits } from './audit-drain.ts';
import type { AuditEntry } from './audit-trail.ts';

const [stream] = auditStreams;
assert.ok(stream);
const deliveryOf = (id: string): AuditDelivery => ({
  stream,
  id,
  message: toAuditMessage(operatorChangeExample),
});

/** Streams and a trail that tell what is done with them; each step fails while it is told to. */
function createParts(deliveries: readonly AuditDelivery[]) {
  const log: string[] = [];
  const failing = new Set<string>();
  const step = (name: string, ids: readonly string[] = [], onFailure: () => unknown = () => {}) => {
    if (failing.has(name)) {
      onFailure();
      throw new Error(`${name} fails`);
    }
    log.push([name, ...ids].join(' '));
  };
  let waiting = [...deliveries];
  const drain = createAuditDrain({
    inbox: {
      take: async () => {
        step('take');
        const deliveries = waiting;
        waiting = [];
        return { deliveries, failures: failing.has('take some') ? [new Error('take some fails')] : [] };
      },
      remove: async (_, removed) => {
        // As streams do for whoever does not come to remove what he took.
        const keep = () => waiting.push(...removed);
        step(
          'remove',
          removed.map(({ id }) => id),
          keep,
        );
      },
      setAside: async ({ delivery }) => step('set aside', [delivery.id], () => waiting.push(delivery)),
    },
    store: {
      append: async () => {
        step('append');
        return new Map<AuditEntry, Error>();
      },
    },
    isKept: () => true,
    onStored: () => log.push('stored'),
    onRejected: () => log.push('rejected'),
  });
  return { drain, log, failing };
}

describe('a round of the drain', () => {
  it('removes only what is stored, and only then', async () => {
    const { drain, log } = createParts([deliveryOf('1'), deliveryOf('2')]);
    assert.equal(await drain(), 2);
    assert.deepEqual(log, ['take', 'append', 'remove 1 2', 'stored', 'stored']);
  });

  it('says how many there were to move, and when there were none', async () => {
    const { drain, log } = createParts([]);
    assert.equal(await drain(), 0);
    assert.deepEqual(log, ['take']);
  });

  const broken = { ...deliveryOf('2'), message: {} };

  it('that cannot store is tried again with what it has, before anything else is taken', async () => {
    const { drain, log, failing } = createParts([deliveryOf('1'), broken]);
    failing.add('append');
    await assert.rejects(drain());
    await assert.rejects(drain());
    failing.clear();
    log.length = 0;
    assert.equal(await drain(), 2);
    assert.deepEqual(log, ['append', 'remove 1', 'set aside 2', 'stored', 'rejected']);
    assert.equal(await drain(), 0);
  });

  const rest: Record<string, string[]> = {
    remove: ['take', 'append', 'remove 1', 'stored'],
    'set aside': ['take', 'append', 'set aside 2', 'rejected'],
  };
  for (const [name, steps] of Object.entries(rest)) {
    it(`that cannot reach a stream any more (${name}) takes what is left there again when it can be had`, async () => {
      const { drain, log, failing } = createParts([deliveryOf('1'), broken]);
      failing.add(name);
      await assert.rejects(drain());
      await assert.rejects(drain());
      failing.clear();
      log.length = 0;
      assert.equal(await drain(), 1);
      assert.deepEqual(log, steps);
      assert.equal(await drain(), 0);
    });
  }

  it('lets decisions go on while it reads many messages', async () => {
    const { drain, log } = createParts(Array.from({ length: 9 }, (_, index) => deliveryOf(String(index))));
    setImmediate(() => log.push('decision'));
    await drain();
    assert.deepEqual(log.slice(0, 3), ['take', 'decision', 'append']);
  });

  it('that cannot read some streams moves what is in the others, and then tells', async () => {
    const { drain, log, failing } = createParts([deliveryOf('1')]);
    failing.add('take some');
    await assert.rejects(drain(), /take some fails/);
    assert.deepEqual(log, ['take', 'append', 'remove 1', 'stored']);
  });
});

describe('rounds of the drain', () => {
  /** How many rounds are made of a backlog that gives up to 100 at a time, told to stop after `stopAfter` of them. */
  async function roundsOf(waiting: number, stopAfter = Number.POSITIVE_INFINITY): Promise<number> {
    let left = waiting;
    let rounds = 0;
    const drain = async () => {
      rounds += 1;
      const moved = Math.min(left, 100);
      left -= moved;
      return moved;
    };
    await drainWhatWaits(drain, { full: 100, isStopping: () => rounds >= stopAfter });
    return rounds;
  }

  it('follow each other without a pause while a stream may have held messages back', async () => {
    assert.equal(await roundsOf(250), 3);
    assert.equal(await roundsOf(200), 3);
  });

  it('end with the first that emptied every stream, so that a trickle of messages is stored in few rounds', async () => {
    assert.equal(await roundsOf(99), 1);
    assert.equal(await roundsOf(0), 1);
  });

  it('end when the service stops, however much waits', async () => {
    assert.equal(await roundsOf(1_000, 2), 2);
  });
});
