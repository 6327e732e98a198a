import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Revocation,
  revokeClient,
  revokeToken,
  toRevocationEntry,
  toRevocationMessage,
} from '@4runr/contracts/revocation';
import { accessTokenClaimsExample as claims } from '@4runr/contracts/token';
import type { Logger } from '../telemetry/index.ts';
import { createRevocationList } from './revocation-list.ts';
import { createRevocationReader } from './revocation-reader.ts';
import type { FeedRead, ListRead, RevocationSource } from './revocation-source.ts';

const startMs = claims.iat * 1_000;
const revocationOf = (jti: string) => revokeToken({ jti, exp: claims.exp });

/** A source that a test fills, and that remembers after which ids it was asked. */
function createSource() {
  const played = {
    list: undefined as ListRead | undefined,
    feed: { generation: 'g1', messages: [], hasGap: false } as FeedRead,
    askedAfter: [] as string[],
    listReads: 0,
  };
  const source: RevocationSource = {
    readList: async () => {
      played.listReads += 1;
      return played.list;
    },
    readFeed: async (afterId) => {
      played.askedAfter.push(afterId);
      return played.feed;
    },
  };
  return { played, source };
}

function setUp(clock = { now: startMs }) {
  const { played, source } = createSource();
  const list = createRevocationList();
  const seconds: number[] = [];
  const errors: unknown[] = [];
  const reader = createRevocationReader({
    source,
    list,
    metrics: { observePropagation: (value) => void seconds.push(value) },
    logger: { error: (fields: unknown) => void errors.push(fields) } as unknown as Logger,
    nowMs: () => clock.now,
  });
  const isRevoked = (jti: string) => list.isRevoked({ ...claims, jti });
  return { played, reader, list, seconds, errors, isRevoked };
}

const listOf = (generation: string, lastId: string, ...revocations: Revocation[]): ListRead => ({
  generation,
  lastId,
  entries: revocations.map(toRevocationEntry),
});
const messagesOf = (...rows: [id: string, revocation: Revocation, atMs?: number][]): FeedRead['messages'] =>
  rows.map(([id, revocation, atMs = startMs]) => ({
    id,
    message: toRevocationMessage({ revocation, atMs }),
  }));

/** A reader that has read the list of generation g1, up to message 5-0. */
async function setUpLoaded(clock?: { now: number }) {
  const set = setUp(clock);
  set.played.list = listOf('g1', '5-0', revocationOf('tok_a'));
  assert.equal(await set.reader.read(), true);
  return set;
}

describe('a reader of revocations', () => {
  it('has read nothing while there is no complete list', async () => {
    const { reader, played } = setUp();
    assert.equal(await reader.read(), false);
    played.list = listOf('g1', '0-0');
    assert.equal(await reader.read(), true);
    assert.equal(played.listReads, 2);
  });

  it('takes the list, then follows the feed from the message that the list took in', async () => {
    const { reader, played, isRevoked } = await setUpLoaded();
    assert.equal(isRevoked('tok_a'), true);
    played.feed = { ...played.feed, messages: messagesOf(['6-0', revocationOf('tok_b')]) };
    await reader.read();
    assert.equal(isRevoked('tok_b'), true);
    await reader.read();
    assert.deepEqual(played.askedAfter, ['5-0', '6-0']);
    assert.equal(played.listReads, 1);
  });

  it('measures how long revocations took to get here, by messages alone', async () => {
    const { reader, played, seconds } = await setUpLoaded({ now: startMs + 250 });
    played.feed = { ...played.feed, messages: messagesOf(['6-0', revocationOf('tok_b'), startMs]) };
    await reader.read();
    assert.deepEqual(seconds, [0.25]);
  });

  it('reads the list again when it was written anew', async () => {
    const { reader, played, isRevoked } = await setUpLoaded();
    played.feed = { ...played.feed, generation: 'g2' };
    played.list = listOf('g2', '0-0', revocationOf('tok_b'));
    await reader.read();
    await reader.read();
    assert.equal(isRevoked('tok_b'), true);
    assert.deepEqual(played.askedAfter, ['5-0', '0-0']);
    assert.equal(played.listReads, 2);
  });

  it('reads the list again when messages were trimmed that it has not seen', async () => {
    const { reader, played, isRevoked } = await setUpLoaded();
    const messages = messagesOf(['9-0', revocationOf('tok_c')]);
    played.feed = { generation: 'g1', messages, hasGap: true };
    played.list = listOf('g1', '9-0', revocationOf('tok_b'));
    await reader.read();
    assert.deepEqual([isRevoked('tok_b'), isRevoked('tok_c')], [true, true]);
  });

  it('keeps what it knows while Redis has lost it, and goes on when the list is back', async () => {
    const { reader, played, isRevoked } = await setUpLoaded();
    played.feed = { generation: null, messages: [], hasGap: true };
    played.list = undefined;
    assert.equal(await reader.read(), true);
    assert.equal(isRevoked('tok_a'), true);
    assert.equal(played.listReads, 1);
    played.feed = { generation: 'g2', messages: [], hasGap: true };
    played.list = listOf('g2', '0-0', revocationOf('tok_b'));
    await reader.read();
    assert.deepEqual([isRevoked('tok_a'), isRevoked('tok_b')], [true, true]);
  });

  it('obeys every revocation that it understands, and says which it does not', async () => {
    const { reader, played, isRevoked, errors, list } = await setUpLoaded();
    const nowSeconds = startMs / 1_000;
    assert.equal(list.isUnderstood(nowSeconds), true);
    const broken = { id: '6-0', message: { field: 'family:f', value: '{}', at: '1' } };
    played.feed = { ...played.feed, messages: [broken, ...messagesOf(['7-0', revocationOf('tok_b')])] };
    await reader.read();
    assert.equal(isRevoked('tok_b'), true);
    assert.equal(errors.length, 1);
    // As long as any token of before may live.
    assert.equal(list.isUnderstood(nowSeconds + 3_660), false);
    assert.equal(list.isUnderstood(nowSeconds + 3_661), true);
  });

  for (const [what, entry] of [
    ['of a kind to come', { field: 'family:f', value: '{"exp":1760000500}' }],
    ['of a known kind that is broken', { field: 'client:c', value: '{"exp":1760000500}' }],
  ] as const) {
    it(`does not understand the list while an entry ${what} matters`, async () => {
      const { reader, played, list, isRevoked } = setUp();
      const known = listOf('g1', '0-0', revocationOf('tok_a'));
      played.list = { ...known, entries: [entry, ...known.entries] };
      await reader.read();
      assert.equal(isRevoked('tok_a'), true);
      assert.equal(list.isUnderstood(1_760_000_500), false);
      assert.equal(list.isUnderstood(1_760_000_501), true);
    });
  }

  it('forgets what has expired', async () => {
    const clock = { now: startMs };
    const { reader, played, list } = await setUpLoaded(clock);
    const revocation = revokeClient({ sub: claims.sub, epoch: 9, atMs: startMs });
    played.feed = { ...played.feed, messages: messagesOf(['6-0', revocation]) };
    await reader.read();
    played.feed = { ...played.feed, messages: [] };
    clock.now = revocation.exp * 1_000;
    await reader.read();
    assert.equal(list.isRevoked(claims), true);
    clock.now += 60_001;
    await reader.read();
    assert.equal(list.isRevoked(claims), false);
  });

  it('fails when its source does', async () => {
    const reader = createRevocationReader({
      source: { readList: () => Promise.reject(new Error('away')), readFeed: () => assert.fail() },
      list: createRevocationList(),
      metrics: { observePropagation: () => {} },
      logger: {} as Logger,
      nowMs: () => startMs,
    });
    await assert.rejects(reader.read(), /away/);
  });
});
