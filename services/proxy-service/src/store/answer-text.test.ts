import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAnswer, writeAnswer } from './answer-text.ts';

const stamp = { generation: 'g1', askedAtMs: 1_700_000_000_000 };
const bytesMax = 1_048_576;
const long = { lines: Array.from({ length: 2_000 }, (_, line) => `line ${line} of many, é\n`) };

describe('a kept answer as text', () => {
  for (const unfiltered of [null, 0, '', 'a\nb', { a: [1, { b: 'é' }] }, long])
    it(`is read as it was written: ${JSON.stringify(unfiltered).slice(0, 30)}`, async () => {
      const text = await writeAnswer(JSON.stringify(unfiltered), stamp);
      assert.deepEqual(await readAnswer(text, bytesMax), { ...stamp, unfiltered });
    });

  it('is compressed where it is long', async () => {
    const json = JSON.stringify(long);
    assert.ok((await writeAnswer(json, stamp)).length < json.length / 2);
  });

  it('is none where somebody else has written it, or a part of it is missing', async () => {
    const whole = await writeAnswer(JSON.stringify(long), stamp);
    const texts = ['', 'null', '{}', '{}\n{}', `${JSON.stringify(stamp)}\n{}`, whole.slice(0, -100)];
    for (const text of texts) assert.equal(await readAnswer(text, bytesMax), undefined, text.slice(0, 30));
  });

  it('is none where it would be longer than any that is kept', async () => {
    const text = await writeAnswer(JSON.stringify('x'.repeat(2_000_000)), stamp);
    assert.ok(text.length < 20_000);
    assert.equal(await readAnswer(text, bytesMax), undefined);
  });
});
