import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClientGoneError } from './call.ts';
import { createSingleFlight } from './single-flight.ts';

/** What is begun by hand, and how often it was. */
function setUp() {
  const flights = createSingleFlight<string>();
  const begun: { signal: AbortSignal; end: PromiseWithResolvers<string> }[] = [];
  const begin = (signal: AbortSignal) => {
    const end = Promise.withResolvers<string>();
    begun.push({ signal, end });
    return end.promise;
  };
  const join = (signal = new AbortController().signal, key = 'key', endsAt = Number.POSITIVE_INFINITY) =>
    flights.join(key, { signal, endsAt }, begin);
  return { begun, join };
}

describe('a single flight', () => {
  it('is begun once for all who want the same meanwhile', async () => {
    const { begun, join } = setUp();
    const joined = [join(), join(), join()];
    begun[0]?.end.resolve('answer');
    assert.deepEqual(await Promise.all(joined.map(({ landed }) => landed)), ['answer', 'answer', 'answer']);
    assert.deepEqual(
      joined.map(({ isFirst }) => isFirst),
      [true, false, false],
    );
    assert.equal(begun.length, 1);
  });

  it('is another for something else, and after it has ended', async () => {
    const { begun, join } = setUp();
    const first = join();
    join(undefined, 'other');
    begun[0]?.end.resolve('answer');
    await first.landed;
    assert.equal(join().isFirst, true);
    assert.equal(begun.length, 3);
  });

  it('fails for everyone, and keeps no failure', async () => {
    const { begun, join } = setUp();
    const joined = [join(), join()];
    begun[0]?.end.reject(new Error('no luck'));
    for (const { landed } of joined) await assert.rejects(landed, /no luck/);
    assert.equal(join().isFirst, true);
  });

  it('goes on when who began it leaves, and that one hears at once', async () => {
    const { begun, join } = setUp();
    const leaving = new AbortController();
    const [first, second] = [join(leaving.signal), join()];
    leaving.abort();
    await assert.rejects(first.landed, ClientGoneError);
    assert.equal(begun[0]?.signal.aborted, false);
    begun[0]?.end.resolve('answer');
    assert.equal(await second.landed, 'answer');
  });

  it('is ended when all have left, and whoever comes then begins anew', async () => {
    const { begun, join } = setUp();
    const leaving = new AbortController();
    const joined = [join(leaving.signal), join(leaving.signal)];
    leaving.abort();
    for (const { landed } of joined) await assert.rejects(landed, ClientGoneError);
    assert.equal(begun[0]?.signal.aborted, true);
    const late = join();
    assert.equal(late.isFirst, true);
    // What was ended ends, and is not taken for the new one.
    begun[0]?.end.reject(new Error('ended'));
    await new Promise(setImmediate);
    assert.equal(join().isFirst, false);
    begun[1]?.end.resolve('answer');
    assert.equal(await late.landed, 'answer');
  });

  it('is not waited for by who has left before', async () => {
    const { begun, join } = setUp();
    await assert.rejects(join(AbortSignal.abort()).landed, ClientGoneError);
    assert.equal(begun[0]?.signal.aborted, true);
  });

  it('is given to whoever comes before it can be found elsewhere', async () => {
    const found = Promise.withResolvers<void>();
    const flights = createSingleFlight<string>(() => found.promise);
    const waiting = { signal: new AbortController().signal, endsAt: Number.POSITIVE_INFINITY };
    const join = (answer: string) => flights.join('key', waiting, async () => answer);
    assert.equal(await join('first').landed, 'first');
    assert.equal(await join('second').landed, 'first');
    found.resolve();
    await new Promise(setImmediate);
    assert.equal(await join('third').landed, 'third');
  });

  it('goes on when the time of one is up, and ends when that of all is', async () => {
    const { begun, join } = setUp();
    const [first, second] = [join(undefined, 'key', performance.now() + 1), join()];
    await assert.rejects(first.landed, { code: 'upstream.timeout' });
    assert.equal(begun[0]?.signal.aborted, false);
    begun[0]?.end.resolve('answer');
    assert.equal(await second.landed, 'answer');
    await assert.rejects(join(undefined, 'key', performance.now()).landed, { code: 'upstream.timeout' });
    assert.equal(begun[1]?.signal.aborted, true);
  });

  it('leaves nothing on the signals of those who waited', async () => {
    const { begun, join } = setUp();
    const staying = new AbortController();
    const { landed } = join(staying.signal);
    begun[0]?.end.resolve('answer');
    await landed;
    staying.abort();
    assert.equal(begun[0]?.signal.aborted, false);
  });
});
