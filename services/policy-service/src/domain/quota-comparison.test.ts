import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { QuotaCounter } from '@4runr/decision-ledger';
import { type ComparedCounter, createQuotaComparison, type TrailSum } from './quota-comparison.ts';

function counterOf(text: string, comparedMs = 0): QuotaCounter {
  return {
    ...{ text, comparedMs, key: text, per: 'agent', holder: 'agt_1', algorithm: 'fixed' },
    ...{ cost: 'calls', windowMs: 1_000, counts: text },
  };
}

interface Scene {
  readonly due: readonly QuotaCounter[];
  readonly used?: number;
  readonly sums: (counter: QuotaCounter, look: number) => TrailSum | undefined;
  readonly isStored?: boolean;
}

/** Rounds over counts that say `used`, of calls of which ten may be looked at; and what was said, with what is missed. */
function sceneOf(scene: Scene) {
  const said: string[] = [];
  const looks = new Map<string, number>();
  let due = scene.due;
  const round = createQuotaComparison({
    listDue: async () => due,
    counters: {
      read: async () => ({ atMs: 5_000, sinceMs: 5_000, used: scene.used ?? 3 }),
      noteCompared: async ({ text }, { atMs, isMissed }) => {
        said.push(`${text} ${atMs} ${isMissed ? 'missed' : 'not missed'}`);
      },
    },
    sumUsage: async (counter, _reading, callsMax) => {
      const look = (looks.get(counter.text) ?? 0) + 1;
      looks.set(counter.text, look);
      const sum = scene.sums(counter, look) ?? { calls: 1, usage: { least: 3, most: 3 } };
      return sum.calls > callsMax ? { calls: callsMax, usage: 'more' } : sum;
    },
    untilStored: async () => scene.isStored ?? true,
    callsMax: 10,
    onCompared: (compared) => said.push(textOf(compared)),
  });
  return {
    said,
    round,
    unlist: () => {
      due = [];
    },
  };
}

function textOf(compared: ComparedCounter): string {
  const { result, counter } = compared;
  return `${counter.text} ${result}${compared.result === 'different' ? ` ${compared.difference}` : ''}`;
}

describe('a round of comparisons', () => {
  it('begins with the count that was not compared for the longest time, and leaves for the next what is too much', async () => {
    const due = [counterOf('newest', 30), counterOf('oldest', 10), counterOf('middle', 20)];
    const { said, round } = sceneOf({ due, sums: () => ({ calls: 5, usage: { least: 3, most: 3 } }) });
    await round();
    assert.deepEqual(
      said.filter((text) => text.endsWith('same')),
      ['oldest same', 'middle same'],
    );
  });

  it('takes a count as it should be that is between what may and what must be counted by then', async () => {
    const { said, round } = sceneOf({
      due: [counterOf('busy')],
      sums: () => ({ calls: 1, usage: { least: 2, most: 4 } }),
    });
    await round();
    assert.deepEqual(said, ['busy 5000 missed', 'busy same']);
  });

  it('says what differs after a second look alone, and by how much beyond what may be', async () => {
    const usages = { mended: [9, 3], over: [1, 1], under: [5, 5] };
    const { said, round } = sceneOf({
      due: Object.keys(usages).map((text) => counterOf(text)),
      sums: ({ text }, look) => {
        const most = usages[text as keyof typeof usages][look - 1] ?? 3;
        return { calls: 1, usage: { least: most, most } };
      },
    });
    await round();
    assert.deepEqual(
      said.filter((text) => !text.includes('missed')),
      ['mended same', 'over different 2', 'under different -2'],
    );
  });

  it('compares again what differed, though nothing lists it any more, until it is as it should be', async () => {
    const { said, round, unlist } = sceneOf({
      due: [counterOf('lost')],
      used: 0,
      sums: (_counter, look) => {
        const most = look > 4 ? 0 : 3;
        return { calls: 1, usage: { least: most, most } };
      },
    });
    await round();
    unlist();
    for (let time = 0; time < 3; time += 1) await round();
    assert.deepEqual(
      said.filter((text) => !text.includes('missed')),
      ['lost different -3', 'lost different -3', 'lost same'],
    );
    assert.equal(said.at(-2), 'lost 5000 not missed');
  });

  it('cannot finish a count of more calls than a round may look at, nor one whose calls are not kept, and goes on', async () => {
    const { said, round } = sceneOf({
      due: [counterOf('endless', 1), counterOf('other', 2), counterOf('old', 0)],
      sums: ({ text }) => {
        if (text === 'endless') return { calls: 11, usage: { least: 3, most: 3 } };
        return text === 'old' ? { calls: 0, usage: 'dropped' } : undefined;
      },
    });
    await round();
    assert.deepEqual(
      said.filter((text) => !text.includes('missed')),
      ['old unfinished', 'endless unfinished'],
    );
  });

  it('says nothing where the trail is not known to be complete', async () => {
    const { said, round } = sceneOf({ due: [counterOf('busy')], sums: () => undefined, isStored: false });
    await round();
    assert.deepEqual(said, []);
  });
});
