import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import { calculateJwkThumbprint } from 'jose';
import { parsePublicKeys } from './public-keys.ts';

const jwkOf = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ format: 'jwk' });
const rsa = jwkOf(generateKeyPairSync('rsa', { modulusLength: 2_048 }));
const ec = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const ed = jwkOf(generateKeyPairSync('ed25519'));

describe('parsePublicKeys', () => {
  it('names a key without kid by its thumbprint (RFC 7638)', async () => {
    const { keys } = await parsePublicKeys([rsa, ec, ed], '');
    const thumbprints = await Promise.all(
      [rsa, ec, ed].map((jwk) => calculateJwkThumbprint(jwk as { kty: string })),
    );
    assert.deepEqual(
      keys?.map(({ kid }) => kid),
      thumbprints,
    );
  });

  it('keeps the members that make up the key, its kid and its alg', async () => {
    const given = { ...ec, kid: 'k', alg: 'ES256', use: 'sig', key_ops: ['verify'], x5t: 'x', nonsense: 1 };
    assert.deepEqual(await parsePublicKeys([given], ''), { keys: [{ kid: 'k', alg: 'ES256', ...ec }] });
  });

  const even = Buffer.from(rsa.n ?? '', 'base64url');
  even[even.length - 1] = (even.at(-1) ?? 0) & 0xfe;
  const rows: readonly [guarantee: string, jwk: Record<string, unknown>, pointer: string][] = [
    [
      'RSA of over 8192 bits, which is slow to verify',
      { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(1_025, 0xff).toString('base64url') },
      '/n',
    ],
    [
      'a modulus filled up with zeros',
      {
        kty: 'RSA',
        e: 'AQAB',
        n: Buffer.concat([Buffer.alloc(200), Buffer.alloc(56, 0xff)]).toString('base64url'),
      },
      '/n',
    ],
    ['an even modulus', { ...rsa, n: even.toString('base64url') }, '/n'],
    ['an exponent of 3', { ...rsa, e: 'Aw' }, '/e'],
    ['an RSA key for another kind of algorithm', { ...rsa, alg: 'ES256' }, '/alg'],
    ['an RSA key for encryption', { ...rsa, alg: 'RSA-OAEP' }, '/alg'],
    ['a key that may also sign', { ...ec, key_ops: ['sign', 'verify'] }, '/key_ops'],
    ['a point off the curve', { ...ec, x: ec.y, y: ec.x }, ''],
    ['X25519, which agrees on keys and signs nothing', { ...ed, crv: 'X25519' }, '/crv'],
    ['Ed25519 of a wrong length', { ...ed, x: 'AAAA' }, ''],
    ['a member of a wrong type', { ...ec, x: 1 }, '/x'],
    ['another alphabet than base64url', { ...ec, x: `+${String(ec.x).slice(1)}` }, '/x'],
    ['a private member that is null', { ...ec, d: null }, '/d'],
    ['a key type by inheritance', JSON.parse('{"__proto__": {"kty": "RSA"}}'), '/kty'],
  ];
  for (const [guarantee, jwk, pointer] of rows) {
    it(`refuses ${guarantee}`, async () => {
      const { errors } = await parsePublicKeys([jwk], '/keys');
      assert.deepEqual(
        errors?.map((error) => error.pointer),
        [`/keys/0${pointer}`],
      );
    });
  }
});
