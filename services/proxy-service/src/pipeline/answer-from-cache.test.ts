import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ActionCache } from '@4runr/contracts/manifest';
import { ProblemError } from '@4runr/service-kit/errors';
import { createTestAnswerCache, type TestAnswerCache } from '../../test/fixtures/answer-cache.ts';
import { validated } from '../../test/fixtures/calls.ts';
import { webManifest } from '../../test/fixtures/manifests.ts';
import { permitted } from '../../test/fixtures/permitted.ts';
import { ClientGoneError, type ValidatedCall } from '../domain/call.ts';
import { compileTool } from '../domain/compile-tool.ts';
import { formatCacheStatus } from '../http/cache-headers.ts';
import { answerFromCache } from './answer-from-cache.ts';
import type { PermittedCall } from './authorize.ts';
import type { ForwardedCall } from './forward.ts';
import type { Bounds, Carry } from './layer.ts';

const rules: ActionCache = { ttlSeconds: 60, scope: 'agent', staleWhileRevalidateSeconds: 30 };

/** `web:fetch` as a tool whose answers may be kept. */
function cachedCall(cache: ActionCache | null, change: Partial<ValidatedCall> = {}): ValidatedCall {
  const { fetch } = webManifest.actions;
  assert.ok(fetch);
  const tool = compileTool({
    ...webManifest,
    actions: { fetch: { ...fetch, ...(cache === null ? {} : { cache }) } },
  });
  return validated({
    tool,
    action: tool.actions.get('fetch') ?? assert.fail(),
    observed: { timings: {} },
    ...change,
  });
}

interface Exchange {
  readonly signal: AbortSignal;
  answer(unfiltered: unknown): Promise<void>;
  fail(error: Error): Promise<void>;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The layer before an adapter that answers by the test's hand. */
describe('answers from the cache', () => {
  let cache: TestAnswerCache;
  let exchanges: Exchange[];
  let counted: string[];
  let nowMs: number;
  let carry: Carry<ForwardedCall>;

  beforeEach(() => {
    cache = createTestAnswerCache();
    exchanges = [];
    counted = [];
    nowMs = 1_700_000_000_000;
    carry = answerFromCache({
      cache,
      count: (_tool, result) => void counted.push(result),
      staleIfBrokenSeconds: 600,
      closing: new AbortController().signal,
      longestWaitMs: 140_000,
      clock: () => nowMs,
    })(exchange);
  });

  /** Counts the attempt and the usage, as the steps within do. */
  function exchange(asked: PermittedCall, { signal }: Bounds): Promise<ForwardedCall> {
    const { observed } = asked.call;
    observed.attempts = (observed.attempts ?? 0) + 1;
    const ended = Promise.withResolvers<ForwardedCall>();
    exchanges.push({
      signal,
      async answer(unfiltered) {
        observed.usage = { searches: 1 };
        observed.timings.upstream = 0;
        ended.resolve({ permitted: asked, unfiltered });
        await settled();
      },
      async fail(error) {
        ended.reject(error);
        await settled();
      },
    });
    return ended.promise;
  }

  async function begin(change: Partial<ValidatedCall> = {}, kept: ActionCache | null = rules) {
    const call = cachedCall(kept, change);
    const leaving = new AbortController();
    const bounds = { signal: leaving.signal, endsAt: call.endsAt };
    const answered = carry(await permitted(call), bounds);
    answered.catch(() => {});
    await settled();
    return {
      observed: call.observed,
      leave: () => leaving.abort(),
      answered,
      status: () => formatCacheStatus(call.observed.cacheHandling ?? assert.fail()),
    };
  }

  /** A call that the adapter answers, which is kept. */
  async function fill(unfiltered: unknown = 'first'): Promise<void> {
    const call = await begin();
    await exchanges.at(-1)?.answer(unfiltered);
    await call.answered;
    counted.length = 0;
  }

  const passSeconds = (seconds: number) => {
    nowMs += seconds * 1_000;
  };
  const unfilteredOf = async ({ answered }: Awaited<ReturnType<typeof begin>>) => (await answered).unfiltered;

  it('are fetched once, and then given as long as they live', async () => {
    const first = await begin();
    await exchanges[0]?.answer('first');
    assert.equal(await unfilteredOf(first), 'first');
    assert.equal(first.status(), '"4RUNR"; fwd=miss; stored');
    assert.deepEqual([first.observed.cache, first.observed.attempts], ['miss', 1]);
    passSeconds(59);
    const second = await begin();
    assert.equal(await unfilteredOf(second), 'first');
    assert.equal(second.status(), '"4RUNR"; hit; ttl=1');
    assert.deepEqual([second.observed.cache, second.observed.attempts], ['hit', undefined]);
    assert.equal(exchanges.length, 1);
    assert.deepEqual(counted, ['stored', 'miss', 'hit']);
  });

  it('are of another call, permitted apart: an answer belongs to the call that was asked', async () => {
    await fill();
    const call = cachedCall(rules);
    const asked = await permitted(call);
    const answered = await carry(asked, call);
    assert.equal(answered.permitted, asked);
  });

  it('are as old as the question: a slow fetch is no younger than a fast one', async () => {
    const call = await begin();
    passSeconds(20);
    await exchanges[0]?.answer('first');
    await call.answered;
    passSeconds(20);
    assert.equal((await begin()).status(), '"4RUNR"; hit; ttl=20');
  });

  it('are kept for their life and as long as they may serve after it', async () => {
    await fill();
    assert.deepEqual(cache.lives, [60 + 600]);
  });

  it('are not kept where they are failures', async () => {
    const failed = await begin();
    await exchanges[0]?.fail(new ProblemError('upstream.failed'));
    await assert.rejects(failed.answered, { code: 'upstream.failed' });
    assert.equal(failed.status(), '"4RUNR"; fwd=miss');
    assert.equal(failed.observed.attempts, 1);
    await begin();
    assert.equal(exchanges.length, 2);
    assert.equal(cache.kept.size, 0);
  });

  it('are not kept where they are too large', async () => {
    cache.isFull = true;
    const call = await begin();
    await exchanges[0]?.answer('first');
    await call.answered;
    assert.equal(call.status(), '"4RUNR"; fwd=miss');
    assert.deepEqual(counted, ['too_large', 'miss']);
  });

  it('are nobody else’s', async () => {
    await fill();
    const { agent } = cachedCall(rules);
    await begin({ agent: { ...agent, id: 'agt_2' } });
    await begin({ agent: { ...agent, act: { id: 'agt_3', role: 'scraper' } } });
    assert.equal(exchanges.length, 3);
  });

  it('are given to everybody where the manifest says that they are the same for all', async () => {
    const shared: ActionCache = { ttlSeconds: 60, scope: 'shared' };
    const first = await begin({}, shared);
    await exchanges[0]?.answer('first');
    await first.answered;
    const { agent } = cachedCall(rules);
    assert.equal(await unfilteredOf(await begin({ agent: { ...agent, id: 'agt_2' } }, shared)), 'first');
  });

  it('are not asked for where the action has no cache', async () => {
    const call = await begin({}, null);
    await exchanges[0]?.answer('plain');
    assert.equal(await unfilteredOf(call), 'plain');
    assert.deepEqual([call.status(), call.observed.cache], ['"4RUNR"; fwd=bypass', 'bypass']);
    assert.deepEqual([cache.kept.size, counted], [0, []]);
  });

  it('are neither read nor kept by no-store', async () => {
    await fill();
    const call = await begin({ cacheControl: 'no-store' });
    await exchanges[1]?.answer('second');
    assert.equal(await unfilteredOf(call), 'second');
    assert.equal(call.status(), '"4RUNR"; fwd=bypass; detail=no-store');
    assert.deepEqual([call.observed.cache, counted], ['bypass', ['bypass']]);
    assert.equal(await unfilteredOf(await begin()), 'first');
  });

  it('are replaced by no-cache, which does not wait for what others have begun either', async () => {
    await fill();
    const call = await begin({ cacheControl: 'no-cache' });
    await begin({ cacheControl: 'no-cache' });
    assert.equal(exchanges.length, 3);
    await exchanges[1]?.answer('second');
    assert.equal(await unfilteredOf(call), 'second');
    assert.equal(call.status(), '"4RUNR"; fwd=request; stored');
    assert.equal(await unfilteredOf(await begin()), 'second');
  });

  describe('that many want at once', () => {
    it('are fetched once; the others tried nothing and used nothing, and waited for the provider', async () => {
      const [first, second] = [await begin(), await begin()];
      await exchanges[0]?.answer('first');
      assert.deepEqual([await unfilteredOf(first), await unfilteredOf(second)], ['first', 'first']);
      assert.equal(exchanges.length, 1);
      assert.equal(second.status(), '"4RUNR"; fwd=miss; collapsed');
      const { attempts, usage, timings } = second.observed;
      assert.deepEqual([attempts, usage, timings.upstream], [undefined, undefined, 0]);
      assert.deepEqual([first.observed.attempts, first.observed.usage], [1, { searches: 1 }]);
      assert.deepEqual(counted.toSorted(), ['collapsed', 'miss', 'stored']);
    });

    it('go on being fetched when the one who came first leaves, whose attempt it stays', async () => {
      const [first, second] = [await begin(), await begin()];
      first.leave();
      await assert.rejects(first.answered, ClientGoneError);
      assert.equal(first.observed.attempts, 1);
      assert.equal(exchanges[0]?.signal.aborted, false);
      await exchanges[0]?.answer('first');
      assert.equal(await unfilteredOf(second), 'first');
    });

    it('are given up when all have left', async () => {
      const calls = [await begin(), await begin()];
      for (const call of calls) call.leave();
      for (const call of calls) await assert.rejects(call.answered, ClientGoneError);
      assert.equal(exchanges[0]?.signal.aborted, true);
    });

    it('are fetched anew for those who come after a purge', async () => {
      const before = await begin();
      cache.purge();
      const after = await begin();
      assert.equal(exchanges.length, 2);
      await exchanges[0]?.answer('before');
      await exchanges[1]?.answer('after');
      assert.deepEqual([await unfilteredOf(before), await unfilteredOf(after)], ['before', 'after']);
      assert.equal(await unfilteredOf(await begin()), 'after');
    });
  });

  describe('whose life is over', () => {
    it('are given while they are fetched anew, once, and nothing of that is seen of the call', async () => {
      await fill();
      passSeconds(61);
      const [first, second] = [await begin(), await begin()];
      assert.deepEqual([await unfilteredOf(first), await unfilteredOf(second)], ['first', 'first']);
      assert.equal(exchanges.length, 2);
      assert.deepEqual([first.status(), first.observed.cache], ['"4RUNR"; hit; ttl=-1', 'stale']);
      assert.equal(first.observed.attempts, undefined);
      await exchanges[1]?.answer('second');
      assert.equal(await unfilteredOf(await begin()), 'second');
      assert.deepEqual(counted, ['stale', 'stale', 'stored', 'refresh', 'hit']);
    });

    it('stay as they are where they cannot be fetched anew', async () => {
      await fill();
      passSeconds(61);
      await begin();
      await exchanges[1]?.fail(new ProblemError('upstream.failed'));
      assert.equal(await unfilteredOf(await begin()), 'first');
      assert.deepEqual(counted, ['stale', 'refresh_failed', 'stale']);
    });

    it('serve while a breaker is open', async () => {
      await fill();
      passSeconds(91);
      const call = await begin();
      await exchanges[1]?.fail(new ProblemError('breaker.open'));
      assert.equal(await unfilteredOf(call), 'first');
      assert.deepEqual(
        [call.status(), counted],
        ['"4RUNR"; hit; ttl=-31; detail=stale-if-error', ['stale_if_error']],
      );
      assert.equal(call.observed.cache, 'stale');
    });

    it('do not hide any other failure', async () => {
      await fill();
      passSeconds(91);
      const call = await begin();
      await exchanges[1]?.fail(new ProblemError('upstream.failed'));
      await assert.rejects(call.answered, { code: 'upstream.failed' });
    });

    it('do not serve an open breaker longer than is set', async () => {
      await fill();
      passSeconds(661);
      const call = await begin();
      await exchanges[1]?.fail(new ProblemError('breaker.open'));
      await assert.rejects(call.answered, { code: 'breaker.open' });
    });
  });

  it('are fetched as if there were no cache while it is away, still once for many', async () => {
    cache.isAway = true;
    const [first, second] = [await begin(), await begin()];
    await exchanges[0]?.answer('first');
    assert.deepEqual([await unfilteredOf(first), await unfilteredOf(second)], ['first', 'first']);
    assert.equal(exchanges.length, 1);
    assert.deepEqual(
      [first.status(), first.observed.cache],
      ['"4RUNR"; fwd=bypass; detail=unavailable', 'bypass'],
    );
    assert.equal(second.status(), '"4RUNR"; fwd=bypass; collapsed; detail=unavailable');
    assert.deepEqual(counted.toSorted(), ['collapsed', 'unavailable']);
  });
});
