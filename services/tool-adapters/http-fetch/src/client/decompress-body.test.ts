import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { decompressBody } from './decompress-body.ts';

const page = Buffer.from('a page, a page, a page');
const coded = (body: Buffer, coding?: string) => ({
  status: 200,
  headers: coding === undefined ? {} : { 'content-encoding': coding },
  body,
});

describe('decompressBody', () => {
  const rows: [coding: string | undefined, body: Buffer][] = [
    [undefined, page],
    ['identity', page],
    ['gzip', gzipSync(page)],
    ['GZip', gzipSync(page)],
    ['deflate', deflateSync(page)],
    ['deflate', deflateRawSync(page)],
    ['x-gzip', gzipSync(page)],
    ['br', brotliCompressSync(page)],
    ['deflate, gzip', gzipSync(deflateSync(page))],
  ];
  for (const [coding, body] of rows) {
    it(`undoes ${coding ?? 'nothing'} of ${body.length} bytes`, async () => {
      assert.deepEqual(await decompressBody(coded(body, coding), 1_000), page);
    });
  }

  it('leaves the empty body of an answer without one', async () => {
    assert.equal((await decompressBody(coded(Buffer.alloc(0), 'gzip'), 10)).length, 0);
  });

  const zeros = Buffer.alloc(10_000_000);
  const bombs: [coding: string, body: Buffer][] = [
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['deflate', deflateRawSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
    ['gzip, br', brotliCompressSync(gzipSync(zeros))],
  ];
  for (const [coding, body] of bombs) {
    it(`stops a bomb of ${coding}, ${body.length} bytes long, at the limit`, () =>
      assert.rejects(decompressBody(coded(body, coding), 1_000_000), { code: 'response.too_large' }));
  }

  it('grows to the limit itself, and not a byte beyond', async () => {
    const body = gzipSync(page);
    assert.deepEqual(await decompressBody(coded(body, 'gzip'), page.length), page);
    await assert.rejects(decompressBody(coded(body, 'gzip'), page.length - 1), {
      code: 'response.too_large',
    });
  });

  const corrupt: [name: string, coding: string, body: Buffer][] = [
    ['a corrupt body', 'gzip', Buffer.from('not gzip')],
    ['a body cut short', 'gzip', gzipSync(page).subarray(0, 20)],
    ['a coding that nobody asked for', 'zstd', zstdCompressSync(zeros)],
    ['a coding that nobody knows', 'lzma', page],
    ['a coding piled up', 'gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(page)))],
  ];
  for (const [name, coding, body] of corrupt) {
    it(`refuses ${name}`, () =>
      assert.rejects(decompressBody(coded(body, coding), 1_000), { code: 'upstream.failed' }));
  }
});
