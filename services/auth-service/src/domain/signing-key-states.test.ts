import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type DatedKey,
  endedKeys,
  forcedPublishMs,
  isRotationDue,
  promotableAt,
  publishedUntil,
  scheduledAt,
  tellApart,
} from './signing-key-states.ts';

const minute = 60_000;
const day = 86_400_000;
const rules = { publishMs: 10 * minute, rotationMs: 30 * day };
const start = Date.UTC(2026, 10, 25);
const at = (ms: number) => new Date(start + ms);

const active: DatedKey = {
  kid: 'a',
  state: 'active',
  createdAt: at(-minute),
  activatedAt: at(0),
  retiredAt: null,
};
const next: DatedKey = { kid: 'n', state: 'next', createdAt: at(0), activatedAt: null, retiredAt: null };
const retired = (kid: string, retiredAt: Date): DatedKey => ({
  kid,
  state: 'retired',
  createdAt: at(-day),
  activatedAt: at(-day),
  retiredAt,
});
const keys = tellApart([next, active]);

describe('the next signing key', () => {
  it('signs only after it was published for as long as the rules want', () => {
    assert.deepEqual(promotableAt(keys, rules), at(10 * minute));
  });

  it('is published for five seconds even when it is forced: until every replica shows it', () => {
    assert.deepEqual(promotableAt(keys, rules, true), at(forcedPublishMs));
    assert.deepEqual(promotableAt(keys, { ...rules, publishMs: 1_000 }, true), at(1_000));
  });
});

describe('the schedule', () => {
  it('rotates when the active key has signed for long enough, and not a moment before', () => {
    assert.equal(isRotationDue(keys, rules, at(30 * day - 1)), false);
    assert.equal(isRotationDue(keys, rules, at(30 * day)), true);
  });

  it('waits for a next key that was made late', () => {
    const late = tellApart([active, { ...next, createdAt: at(30 * day) }]);
    assert.deepEqual(scheduledAt(late, rules), at(30 * day + 10 * minute));
    assert.equal(isRotationDue(late, rules, at(30 * day + 10 * minute - 1)), false);
  });

  it('leaves rotation to commands where it is switched off', () => {
    const off = { ...rules, rotationMs: undefined };
    assert.equal(scheduledAt(keys, off), undefined);
    assert.equal(isRotationDue(keys, off, at(10_000 * day)), false);
  });
});

describe('a retired signing key', () => {
  it('is published for as long as the longest token lives and two minutes more', () => {
    assert.deepEqual(publishedUntil(retired('r', at(0))), at(62 * minute));
  });

  it('has ended then, and no other key ever has', () => {
    const [older, newer] = [retired('older', at(0)), retired('newer', at(1))];
    const all = tellApart([active, older, newer, next]);
    assert.deepEqual(endedKeys(all, at(62 * minute - 1)), []);
    assert.deepEqual(endedKeys(all, at(62 * minute)), [older]);
    assert.deepEqual(endedKeys(all, at(1_000 * day)), [newer, older]);
  });
});

describe('signing keys', () => {
  it('are told apart by their states, the last retired first', () => {
    const all = [retired('r1', at(1)), active, retired('r2', at(2)), next];
    const { retired: ordered, ...rest } = tellApart(all);
    assert.deepEqual(rest, { active, next });
    assert.deepEqual(
      ordered.map(({ kid }) => kid),
      ['r2', 'r1'],
    );
  });

  it('are of no use without one that signs and one to come', () => {
    assert.throws(() => tellApart([next]), /no active/);
    assert.throws(() => tellApart([active]), /no next/);
  });
});
