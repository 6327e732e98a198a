import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Fault, faultModes } from '@4runr/contracts/fault';
import fc from 'fast-check';
import { createFaultTable as createTable, type Faults } from './fault-table.ts';
import { builtInTools, type SimulatedTool } from './simulated-tool.ts';

const createFaultTable = (seed: string, faults?: Faults) => createTable(seed, builtInTools, faults);

const seeds = fc.string({ maxLength: 20 });
const rates = fc.double({ min: 0, max: 1, noNaN: true });
const tools = fc.constantFrom<SimulatedTool[]>(...builtInTools);
const faults: fc.Arbitrary<Fault> = fc.record({ mode: fc.constantFrom(...faultModes), rate: rates });
const orders = fc.array(tools, { maxLength: 60 });

function hitsOf(
  table: ReturnType<typeof createFaultTable>,
  order: readonly SimulatedTool[],
): (Fault | undefined)[] {
  return order.map((tool) => table.strike(tool));
}

describe('faults, for any seed and order of requests', () => {
  it('hit the same requests whenever seed, faults and order are the same', () => {
    const same = (seed: string, fault: Fault, order: SimulatedTool[]) => {
      const set = { serpapi: fault, openai: fault };
      assert.deepEqual(
        hitsOf(createFaultTable(seed, set), order),
        hitsOf(createFaultTable(seed, set), order),
      );
    };
    fc.assert(fc.property(seeds, faults, orders, same));
  });

  it('do not depend on what came before they were set', () => {
    const same = (seed: string, fault: Fault, past: SimulatedTool[], order: SimulatedTool[]) => {
      const used = createFaultTable(seed, { serpapi: { mode: 'reset', rate: 0.5 } });
      hitsOf(used, past);
      used.set('serpapi', fault);
      assert.deepEqual(hitsOf(used, order), hitsOf(createFaultTable(seed, { serpapi: fault }), order));
    };
    fc.assert(fc.property(seeds, faults, orders, orders, same));
  });

  it('do not depend on requests to other tools', () => {
    const same = (seed: string, fault: Fault, order: SimulatedTool[]) => {
      const set = Object.fromEntries(builtInTools.map((tool) => [tool, fault]));
      const mixed = createFaultTable(seed, set);
      const alone = createFaultTable(seed, set);
      for (const tool of order) {
        const hit = mixed.strike(tool);
        if (tool === 'openai') assert.equal(hit, alone.strike('openai'));
      }
    };
    fc.assert(fc.property(seeds, faults, orders, same));
  });

  it('of a higher rate hit whatever those of a lower one do', () => {
    const contained = (seed: string, one: number, other: number, count: number) => {
      const hits = (rate: number) =>
        hitsOf(createFaultTable(seed, { openai: { mode: 'error', rate } }), Array(count).fill('openai'));
      const [low, high] = [hits(Math.min(one, other)), hits(Math.max(one, other))];
      for (const [index, hit] of low.entries()) if (hit !== undefined) assert.ok(high[index], String(index));
    };
    fc.assert(fc.property(seeds, rates, rates, fc.nat(50), contained));
  });

  it('of rate 0 hit nothing, of rate 1 everything, and nothing is hit where none is set', () => {
    const all = (seed: string, count: number) => {
      const table = createFaultTable(seed, {
        serpapi: { mode: 'reset', rate: 0 },
        openai: { mode: 'reset', rate: 1 },
      });
      for (const [tool, hits] of [
        ['serpapi', 0],
        ['openai', count],
        ['gmail_send', 0],
      ] as const)
        assert.equal(hitsOf(table, Array(count).fill(tool)).filter(Boolean).length, hits);
    };
    fc.assert(fc.property(seeds, fc.nat(50), all));
  });
});

describe('a fault of a rate', () => {
  for (const rate of [0.01, 0.3, 0.9]) {
    it(`of ${rate} hits about that share`, () => {
      const table = createFaultTable('share', { openai: { mode: 'error', rate } });
      const hits = hitsOf(table, Array(20_000).fill('openai')).filter(Boolean).length;
      assert.ok(Math.abs(hits / 20_000 - rate) < 0.01, `${hits} of 20,000`);
    });
  }

  it('and another seed hits others', () => {
    const hits = (seed: string) =>
      hitsOf(createFaultTable(seed, { openai: { mode: 'error', rate: 0.5 } }), Array(64).fill('openai'));
    assert.notDeepEqual(hits('1'), hits('2'));
  });
});
