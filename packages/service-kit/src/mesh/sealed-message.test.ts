import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { MeshKey, ServiceName } from '@4runr/contracts/mesh';
import { CompactEncrypt } from 'jose';
import { createTestMesh } from '../testing/test-mesh.ts';
import { createMeshKeyring, deriveMeshKey } from './mesh-keys.ts';
import { openForPair, type SealedMessageError, sealForPair } from './sealed-message.ts';

const nowMs = 1_760_000_000_000;
const mesh = createTestMesh();
const pair = { caller: 'adapter-openai', audience: 'auth-service' } as const;
const pairKey = mesh.keyOf(pair.caller, pair.audience);
const foreignKey = mesh.keyOf('adapter-serpapi', pair.audience);
const auth = createMeshKeyring('auth-service', [pairKey, foreignKey]);
const adapter = createMeshKeyring('adapter-openai', [pairKey, mesh.keyOf('proxy-service', 'adapter-openai')]);
const purpose = 'credential:openai:3';
const plaintext = '{"apiKey":"sk-canary-€"}';

const seal = (change: { kid?: string; caller?: ServiceName; purpose?: string; at?: number } = {}) =>
  sealForPair(
    auth,
    { ...pair, kid: change.kid ?? 'test', caller: change.caller ?? pair.caller },
    { plaintext, purpose: change.purpose ?? purpose },
    () => change.at ?? nowMs,
  );
const open = (jwe: string, keyring = adapter) => openForPair(keyring, pair, { jwe, purpose }, () => nowMs);
const parts = (jwe: string) => jwe.split('.') as [string, string, string, string, string];
const headerOf = (jwe: string) => JSON.parse(Buffer.from(parts(jwe)[0], 'base64url').toString('utf8'));

/** The key as RFC 5869 and our documentation have it, without our code. */
function keyByHand({ key, caller, audience, kid }: MeshKey): Buffer {
  const info = JSON.stringify([caller, audience, kid]);
  const salt = '4runr-gateway mesh encryption v1';
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'base64url'), salt, info, 32));
}

/** A compact JWE as RFC 7516 section 5.1 has it, by node's AES alone. */
function sealByHand(header: object, key = keyByHand(pairKey)): string {
  const head = Buffer.from(JSON.stringify(header)).toString('base64url');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(head, 'ascii'));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  const encoded = [nonce, ciphertext, cipher.getAuthTag()].map((bytes) => bytes.toString('base64url'));
  return [head, '', ...encoded].join('.');
}

function openByHand(jwe: string): string {
  const [head, , nonce, ciphertext, tag] = parts(jwe);
  const bytes = (segment: string) => Buffer.from(segment, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', keyByHand(pairKey), bytes(nonce));
  decipher.setAAD(Buffer.from(head, 'ascii')).setAuthTag(bytes(tag));
  return Buffer.concat([decipher.update(bytes(ciphertext)), decipher.final()]).toString('utf8');
}

const header = {
  alg: 'dir',
  enc: 'A256GCM',
  typ: 'mesh+jwe',
  kid: 'test',
  purpose,
  exp: nowMs / 1_000 + 60,
};

describe('a message that is sealed for a pair', () => {
  it('is opened by the caller of the pair, for its purpose', async () => {
    assert.equal(await open(await seal()), plaintext);
  });

  it('shows neither itself nor that it is the same as another', async () => {
    const [first, second] = [await seal(), await seal()];
    assert.notEqual(parts(first)[3], parts(second)[3]);
    assert.ok(!Buffer.from(parts(first)[3], 'base64url').includes('canary'));
  });

  it('is a JWE of RFC 7516: what others make by dir and A256GCM opens, and they open ours', async () => {
    assert.deepEqual(headerOf(await seal()), header);
    assert.equal(openByHand(await seal()), plaintext);
    assert.equal(await open(sealByHand(header)), plaintext);
  });

  it('is opened by any generation of the key that both sides have', async () => {
    const root = randomBytes(32);
    const [older, newer] = ['1', '2'].map((kid) => deriveMeshKey(root, { ...pair, kid })) as [
      MeshKey,
      MeshKey,
    ];
    const rotatedAuth = createMeshKeyring('auth-service', [newer, older]);
    const oldAdapter = createMeshKeyring('adapter-openai', [older]);
    const jwe = await sealForPair(rotatedAuth, { ...pair, kid: '1' }, { plaintext, purpose });
    assert.equal(await openForPair(oldAdapter, pair, { jwe, purpose }), plaintext);
  });

  it('cannot be made for a pair without a key', async () => {
    await assert.rejects(seal({ caller: 'adapter-gmail-send' }), /no mesh key test for the pair/);
    await assert.rejects(seal({ kid: 'other' }), /no mesh key other for the pair/);
  });
});

const flip = (segment: string) => (segment.startsWith('A') ? 'B' : 'A') + segment.slice(1);
const segments = ['header', 'encrypted key', 'nonce', 'ciphertext', 'tag'] as const;
const replace = (jwe: string, index: number, change: (segment: string) => string) =>
  parts(jwe)
    .map((segment, at) => (at === index ? change(segment) : segment))
    .join('.');
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const pairsOwn = Buffer.from(pairKey.key, 'base64url');

const attacks: [guarantee: string, make: () => string | Promise<string>, why: RegExp][] = [
  ['one for another pair is not opened', () => seal({ caller: 'adapter-serpapi' }), /tampered/],
  ['one for another purpose is not opened', () => seal({ purpose: 'credential:openai:2' }), /something else/],
  ['one that was kept is not opened later', () => seal({ at: nowMs - 65_000 }), /has ended/],
  ['one under another pair’s key is not opened', () => sealByHand(header, keyByHand(foreignKey)), /tampered/],
  ['one under the key that signs mesh tokens is not opened', () => sealByHand(header, pairsOwn), /tampered/],
  ['an unknown key id is not followed', () => sealByHand({ ...header, kid: '__proto__' }), /not known/],
  ['an unknown header member is not accepted', () => sealByHand({ ...header, crit: ['x'] }), /malformed/],
  ['compression is not accepted', () => sealByHand({ ...header, zip: 'DEF' }), /malformed/],
  ['another kind of message is not accepted', () => sealByHand({ ...header, typ: 'JWT' }), /malformed/],
  ['one without an end is not accepted', () => sealByHand({ ...header, exp: undefined }), /malformed/],
  [
    'one that brings its key along is not accepted',
    () =>
      new CompactEncrypt(Buffer.from(plaintext))
        .setProtectedHeader({ ...header, alg: 'A256KW' })
        .encrypt(keyByHand(pairKey)),
    /malformed/,
  ],
  ...segments.map((name, index): (typeof attacks)[number] => [
    `one whose ${name} was changed is not opened`,
    async () => replace(await seal(), index, (segment) => (segment === '' ? 'AAAA' : flip(segment))),
    /malformed|tampered|not known|something else/,
  ]),
  ...segments.map((name, index): (typeof attacks)[number] => [
    `one whose ${name} is missing is not opened`,
    async () =>
      parts(await seal())
        .filter((_segment, at) => at !== index)
        .join('.'),
    /malformed|tampered/,
  ]),
  [
    'a header that lives longer is not believed',
    async () => replace(await seal(), 0, () => encode({ ...header, exp: header.exp + 1 })),
    /tampered/,
  ],
  ['spare bits of its tag cannot be changed', async () => changeSpareBits(await seal()), /malformed/],
  ['a truncated one is not opened', async () => (await seal()).slice(0, -8), /tampered|malformed/],
  ['a cleartext is not taken for one', () => plaintext, /malformed/],
  ['nothing is not taken for one', () => '', /malformed/],
];

/** The last character of 16 bytes in base64url carries two bits of them, and four that say nothing. */
function changeSpareBits(jwe: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(jwe.at(-1) ?? '');
  return `${jwe.slice(0, -1)}${alphabet[last + 1]}`;
}

describe('attacks on sealed messages', () => {
  for (const [guarantee, make, why] of attacks) {
    it(guarantee, async () => {
      await assert.rejects(open(await make()), (error: SealedMessageError) => {
        assert.equal(error.name, 'SealedMessageError');
        assert.match(error.message, why);
        assert.ok(!error.message.includes('canary'));
        return true;
      });
    });
  }

  it('a service outside of the pair cannot open it, whatever keys it holds', async () => {
    const stranger = createMeshKeyring('adapter-serpapi', [foreignKey]);
    await assert.rejects(open(await seal(), stranger), /its key is not known/);
  });
});
