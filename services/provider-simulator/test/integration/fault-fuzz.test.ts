import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { faultModes, faultSchema } from '@4runr/contracts/fault';
import { problemSchema } from '@4runr/contracts/problem';
import fc from 'fast-check';
import { type FaultySimulator, startFaultySimulator } from '../fixtures/faulty-simulator.ts';

const runs = { numRuns: 150 };

let simulator: FaultySimulator;
before(async () => {
  simulator = await startFaultySimulator();
});
after(() => simulator.stop());

/** Text with everything in it: NUL, other scripts. Half a surrogate pair is refused before. */
const anyText = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed());
const anyTool = fc.oneof(
  fc.constantFrom('openai', 'serpapi', '__proto__', 'constructor', '%00', '..', '%2e%2e', '%'),
  anyText.map(encodeURIComponent),
);
const anyNumber = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, 1, 429, 500, 300_000));
/** As node's client lets it pass: visible ASCII. */
const anyHeader = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });

describe('no input of any kind makes a 5xx', () => {
  it('PUT /v1/faults/{tool} with any body: what the contract takes is shown as it was given', async () => {
    const near = fc.record(
      {
        mode: fc.oneof(fc.constantFrom(...faultModes), anyText),
        rate: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), anyNumber),
        status: fc.oneof(fc.integer({ min: 390, max: 610 }), fc.jsonValue({ maxDepth: 1 })),
        latencyMs: fc.oneof(fc.nat(300_010), anyNumber),
      },
      { requiredKeys: ['mode', 'rate'] },
    );
    const odd = fc.dictionary(
      fc.oneof(fc.constantFrom('mode', 'rate', '__proto__'), anyText),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, odd, fc.jsonValue()), async (value) => {
        const body: unknown = JSON.parse(JSON.stringify(value));
        const answer = await simulator.askForFaults('/serpapi', { method: 'PUT', body });
        if (!faultSchema.safeParse(body).success) {
          assert.equal(answer.status, 422, JSON.stringify(body));
          return void problemSchema.parse(await answer.json());
        }
        assert.ok(answer.ok, JSON.stringify(body));
        assert.deepEqual(await (await simulator.askForFaults('/serpapi')).json(), body);
      }),
      runs,
    );
  });

  it('any method of any tool', async () => {
    const body = { mode: 'latency', rate: 0 };
    await fc.assert(
      fc.asyncProperty(anyTool, async (tool) => {
        const answers = await Promise.all([
          simulator.askForFaults(`/${tool}`, { method: 'PUT', body }),
          simulator.askForFaults(`/${tool}`),
          simulator.askForFaults(`/${tool}`, { method: 'DELETE' }),
        ]);
        for (const { status } of answers) assert.ok(status < 500, `${tool} ${status}`);
      }),
      runs,
    );
  });

  it('any bytes in place of an operator’s token', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('Bearer', 'DPoP', ''), anyHeader, async (scheme, text) => {
        const authorization = `${scheme} ${text}`.trim();
        assert.equal((await simulator.askForFaults('/serpapi', { authorization })).status, 401);
      }),
      runs,
    );
  });
});
