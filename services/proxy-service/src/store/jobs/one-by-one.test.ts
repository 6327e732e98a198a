import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '@4runr/service-kit/errors';
import { oneByOne } from './one-by-one.ts';

describe('work of one name', () => {
  it('is done one after the other, whatever fails; work of other names beside it', async () => {
    const take = oneByOne();
    const told: string[] = [];
    const first = Promise.withResolvers<void>();
    const refused = take('agt_1', () => first.promise.then(() => Promise.reject(new Error('refused'))));
    const second = take('agt_1', async () => void told.push('second'));
    await take('agt_2', async () => void told.push('other'));
    first.resolve();
    await assert.rejects(refused, /refused/);
    await second;
    assert.deepEqual(told, ['other', 'second']);
  });

  it('fails at once for all who wait where something is away, and is tried again for who comes later', async () => {
    const take = oneByOne();
    let tries = 0;
    const away = async () => {
      tries += 1;
      throw new ProblemError('service.unavailable');
    };
    const waiting = await Promise.allSettled([take('agt_1', away), take('agt_1', away), take('agt_1', away)]);
    assert.deepEqual([waiting.every(({ status }) => status === 'rejected'), tries], [true, 1]);
    assert.equal(await take('agt_1', async () => 'there'), 'there');
  });
});
