import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fault from './index.ts';

describe('examples of the fault contract', () => {
  const rows = [
    ['fault', fault.faultSchema, fault.faultExample],
    ['shortest fault', fault.faultSchema, fault.shortFaultExample],
    ['list', fault.faultListSchema, fault.faultListExample],
  ] as const;
  for (const [name, schema, example] of rows) {
    it(`${name}: the example passes its schema unchanged`, () => {
      assert.deepEqual(schema.parse(example), example);
    });
  }
});

describe('faultSchema', () => {
  const pointersOf = (body: unknown) =>
    fault.faultSchema.safeParse(body).error?.issues.map(({ path }) => path.join('/')) ?? [];

  for (const mode of fault.faultModes) {
    it(`takes ${mode} at any rate, with a latency`, () => {
      for (const rate of [0, 0.001, 1]) assert.deepEqual(pointersOf({ mode, rate, latencyMs: 5 }), []);
    });
  }

  it('takes the statuses by which a provider fails, or limits', () => {
    for (const status of [400, 500, 599])
      assert.deepEqual(pointersOf({ mode: 'error', rate: 1, status }), []);
    for (const status of [429, 503])
      assert.deepEqual(pointersOf({ mode: 'rate_limit', rate: 1, status }), []);
  });

  const rows: Readonly<Record<string, [body: unknown, pointers: string[]]>> = {
    'an empty object': [{}, ['mode', 'rate']],
    'an unknown mode': [{ mode: 'explode', rate: 1 }, ['mode']],
    'a rate above 1': [{ mode: 'reset', rate: 1.01 }, ['rate']],
    'a rate below 0': [{ mode: 'reset', rate: -0.1 }, ['rate']],
    'a rate that is text': [{ mode: 'reset', rate: '1' }, ['rate']],
    'an error that is a success': [{ mode: 'error', rate: 1, status: 200 }, ['status']],
    'a status that HTTP does not have': [{ mode: 'error', rate: 1, status: 600 }, ['status']],
    'half a status': [{ mode: 'error', rate: 1, status: 500.5 }, ['status']],
    'a limit that is none': [{ mode: 'rate_limit', rate: 1, status: 500 }, ['status']],
    'a status of a mode that answers none': [{ mode: 'reset', rate: 1, status: 500 }, ['status']],
    'a negative latency': [{ mode: 'latency', rate: 1, latencyMs: -1 }, ['latencyMs']],
    'a latency without end': [
      { mode: 'latency', rate: 1, latencyMs: fault.faultLatencyMsMax + 1 },
      ['latencyMs'],
    ],
    'an unknown member': [{ mode: 'reset', rate: 1, delay: 1 }, ['']],
    'a list': [[], ['']],
  };
  for (const [name, [body, pointers]] of Object.entries(rows)) {
    it(`refuses ${name}, and says where`, () => assert.deepEqual(pointersOf(body), pointers));
  }
});
