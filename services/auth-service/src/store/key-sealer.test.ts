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
