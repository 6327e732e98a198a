import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createKeySealer } from './key-sealer.ts';

const sealer = createKeySealer(randomBytes(32));

describe('a sealed secret', () => {
  it('opens for the purpose that it was sealed for', async () => {
    assert.equal(await sealer.open(await sealer.seal('secret', 'signing-key:a'), 'signing-key:a'), 'secret');
  });

  it('shows neither itself nor that it is the same as another', async () => {
    const [first, second] = [await sealer.seal('secret', 'p'), await sealer.seal('secret', 'p')];
    assert.notEqual(first, second);
    const ciphertext = Buffer.from(first.split('.')[3] ?? '', 'base64url');
    assert.equal(ciphertext.includes('secret'), false);
  });

  it('does not open for another purpose: rows of the table cannot be exchanged', async () => {
    const sealed = await sealer.seal('secret', 'signing-key:a');
    await assert.rejects(sealer.open(sealed, 'signing-key:b'), { name: 'UnsealError' });
  });

  it('does not open under another KEK, and says which setting to look at', async () => {
    const sealed = await sealer.seal('secret', 'p');
    await assert.rejects(createKeySealer(randomBytes(32)).open(sealed, 'p'), /KEK_BASE64/);
  });

  it('opens under every KEK that is accepted, and names the one it needs where that is not', async () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)];
    const sealed = await createKeySealer(older).seal('secret', 'p');
    assert.equal(await createKeySealer(newer, [older]).open(sealed, 'p'), 'secret');
    const { kekId } = createKeySealer(older);
    await assert.rejects(createKeySealer(newer, [randomBytes(32)]).open(sealed, 'p'), {
      name: 'UnsealError',
      message: `p cannot be decrypted: KEK_BASE64 is not the key it was encrypted under (fingerprint ${kekId}), nor is any of KEK_ACCEPTED_BASE64`,
    });
  });

  it('is never sealed under a KEK that is only accepted', async () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)];
    const both = createKeySealer(newer, [older]);
    assert.equal(both.isCurrent(await createKeySealer(older).seal('secret', 'p')), false);
    assert.equal(both.isCurrent(await both.seal('secret', 'p')), true);
    assert.equal(await createKeySealer(newer).open(await both.seal('secret', 'p'), 'p'), 'secret');
  });

  for (const part of ['header', 'encrypted key', 'nonce', 'ciphertext', 'tag'] as const) {
    it(`does not open when its ${part} was changed`, async () => {
      const parts = (await sealer.seal('a longer secret', 'p')).split('.');
      const index = ['header', 'encrypted key', 'nonce', 'ciphertext', 'tag'].indexOf(part);
      const bytes = Buffer.from(parts[index] ?? '', 'base64url');
      const changed = part === 'header' ? addMember(bytes) : flipBit(bytes);
      parts[index] = changed.toString('base64url');
      await assert.rejects(sealer.open(parts.join('.'), 'p'), { name: 'UnsealError', message: /tampered/ });
    });
  }
});

function addMember(header: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ ...JSON.parse(header.toString('utf8')), note: 'x' }));
}

function flipBit(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
}
