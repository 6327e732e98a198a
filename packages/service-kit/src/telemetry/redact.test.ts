import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redact } from './redact.ts';

const nest = (levels: number, value: unknown): unknown => (levels === 0 ? value : [nest(levels - 1, value)]);

const rows: [guarantee: string, value: unknown, shown: unknown][] = [
  ['censors a secret', { token: 'x', a: 1 }, { token: '[redacted]', a: 1 }],
  ['censors a secret that is an object', { key: { kty: 'oct' } }, { key: '[redacted]' }],
  [
    'knows names in any spelling',
    { 'Set-Cookie': 'x', API_KEY: 'x' },
    { 'Set-Cookie': '[redacted]', API_KEY: '[redacted]' },
  ],
  [
    'looks into objects and lists',
    { a: [{ b: { password: 'x' } }] },
    { a: [{ b: { password: '[redacted]' } }] },
  ],
  ['leaves out what is too deep to look into', nest(7, 'x'), nest(6, '[too deep]')],
  [
    'keeps names that only begin like a secret',
    { tokenTtlSeconds: 900, keys: 2 },
    { tokenTtlSeconds: 900, keys: 2 },
  ],
];

describe('redact', () => {
  for (const [guarantee, value, shown] of rows) it(guarantee, () => assert.deepEqual(redact(value), shown));

  it('neither copies nor changes what it is given', () => {
    const harmless = { a: [{ b: 1 }] };
    assert.equal(redact(harmless), harmless);
    const secret = { a: { token: 'x' } };
    redact(secret);
    assert.deepEqual(secret, { a: { token: 'x' } });
  });
});
