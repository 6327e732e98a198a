import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClientGoneError } from '../domain/call.ts';
import { pipeline } from './pipeline.ts';

interface Count {
  readonly signal: AbortSignal;
  readonly seen: readonly string[];
}

const see = (name: string) => (count: Count) => ({ ...count, seen: [...count.seen, name] });
const start = (signal = new AbortController().signal): Count => ({ signal, seen: [] });

describe('a pipeline', () => {
  it('takes its steps in the order in which they stand', async () => {
    const steps = pipeline<Count>()
      .step('a', see('a'))
      .step('b', async (count) => see('b')(count));
    assert.deepEqual((await steps.run(start())).seen, ['a', 'b']);
  });

  it('is not changed by a step that is added to it', async () => {
    const shorter = pipeline<Count>().step('a', see('a'));
    shorter.step('b', see('b'));
    assert.deepEqual((await shorter.run(start())).seen, ['a']);
  });

  it('ends with the first step that fails', async () => {
    const failure = new Error('no');
    const steps = pipeline<Count>()
      .step('a', () => Promise.reject(failure))
      .step('b', () => assert.fail('is not reached'));
    await assert.rejects(steps.run(start()), failure);
  });

  it('takes no further step for a client that has gone', async () => {
    const client = new AbortController();
    const steps = pipeline<Count>()
      .step('a', (count) => {
        client.abort();
        return count;
      })
      .step('b', () => assert.fail('is not reached'));
    await assert.rejects(steps.run(start(client.signal)), ClientGoneError);
  });

  it('takes the finishing steps for a client that has gone: what was done is brought to its end', async () => {
    const client = new AbortController();
    const steps = pipeline<Count>()
      .step('a', (count) => {
        client.abort();
        return count;
      })
      .finish('b', see('b'));
    assert.deepEqual((await steps.run(start(client.signal))).seen, ['b']);
  });
});
