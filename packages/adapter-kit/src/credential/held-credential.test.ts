import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { createCredentialKeeper } from './held-credential.ts';
import type { VaultReading } from './vault-reader.ts';

const schema = z.strictObject({ apiKey: z.string().regex(/^[a-z]+$/, 'is not lower case') });
const entry = (version: number, fields: Readonly<Record<string, string>>): VaultReading => ({
  kind: 'entry',
  entry: { entityTag: `"${version}"`, version, fields },
});
const keeperOf = (fallback = '') => createCredentialKeeper(schema, { apiKey: fallback });

describe('which credential is used', () => {
  it('is the environment’s until the vault has spoken', () => {
    const { keeper, faults } = keeperOf('env');
    assert.deepEqual(keeper.held, { source: 'environment', value: { apiKey: 'env' } });
    assert.deepEqual([faults, keeper.entityTag], [undefined, undefined]);
  });

  it('is the vault’s while there is an entry, and the environment’s again after it', () => {
    const { keeper } = keeperOf('env');
    keeper.take(entry(1, { apiKey: 'one' }));
    assert.deepEqual(keeper.held, { source: 'vault', version: 1, value: { apiKey: 'one' } });
    keeper.take({ kind: 'none' });
    assert.equal(keeper.held.source, 'environment');
    assert.equal(keeper.entityTag, undefined, 'what is gone is not asked for by its tag');
  });

  it('stays the same object while nothing changes, so that what hangs on it stays too', () => {
    const { keeper } = keeperOf();
    keeper.take(entry(1, { apiKey: 'one' }));
    const { held } = keeper;
    keeper.take({ kind: 'unchanged' });
    assert.equal(keeper.held, held);
  });

  it('is another object with another version, even of the same members', () => {
    const { keeper } = keeperOf();
    keeper.take(entry(1, { apiKey: 'one' }));
    const { held } = keeper;
    keeper.take(entry(2, { apiKey: 'one' }));
    assert.notEqual(keeper.held, held);
  });

  it('is none where neither gives one, and where the environment’s does not fit', () => {
    assert.deepEqual(keeperOf().keeper.held, { source: 'none' });
    assert.equal(keeperOf().faults, undefined);
    const unusable = keeperOf('SECRET');
    assert.deepEqual(unusable.keeper.held, { source: 'none' });
    assert.deepEqual(unusable.faults, ['apiKey: is not lower case']);
  });

  it('is not one that does not fit: its faults are told without values, and it is not asked for again', () => {
    const { keeper } = keeperOf();
    keeper.take(entry(1, { apiKey: 'one' }));
    const faults = keeper.take(entry(2, { apiKey: 'SECRET', other: 'SECRET' }));
    assert.equal(faults?.length, 2);
    assert.ok(!JSON.stringify(faults).includes('SECRET'));
    assert.deepEqual([keeper.held.source, keeper.refusedVersion, keeper.entityTag], ['vault', 2, '"2"']);
    assert.deepEqual(keeper.held, { source: 'vault', version: 1, value: { apiKey: 'one' } });
  });

  it('forgets what did not fit when the vault says something else', () => {
    const { keeper } = keeperOf();
    for (const reading of [entry(2, { apiKey: 'two' }), { kind: 'none' } as const]) {
      keeper.take(entry(1, { apiKey: 'BAD' }));
      keeper.take({ kind: 'unchanged' });
      assert.equal(keeper.refusedVersion, 1);
      keeper.take(reading);
      assert.equal(keeper.refusedVersion, undefined);
    }
  });
});
