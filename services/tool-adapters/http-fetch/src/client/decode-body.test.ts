import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { decompressBody, toContent } from './decode-body.ts';

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
    ['br', brotliCompressSync(page)],
    ['deflate, gzip', gzipSync(deflateSync(page))],
  ];
  for (const [coding, body] of rows) {
    it(`undoes ${coding ?? 'nothing'}`, async () => {
      assert.deepEqual(await decompressBody(coded(body, coding), 1_000), page);
    });
  }

  it('leaves the empty body of an answer without one', async () => {
    assert.equal((await decompressBody(coded(Buffer.alloc(0), 'gzip'), 10)).length, 0);
  });

  it('stops a bomb at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    await assert.rejects(decompressBody(coded(bomb, 'gzip'), 1_000_000), { code: 'response.too_large' });
  });

  const corrupt: [name: string, coding: string, body: Buffer][] = [
    ['a corrupt body', 'gzip', Buffer.from('not gzip')],
    ['a body cut short', 'gzip', gzipSync(page).subarray(0, 20)],
    ['a coding that nobody asked for', 'zstd', page],
    ['a coding piled up', 'gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(page)))],
  ];
  for (const [name, coding, body] of corrupt) {
    it(`refuses ${name}`, () =>
      assert.rejects(decompressBody(coded(body, coding), 1_000), { code: 'upstream.failed' }));
  }
});

describe('toContent', () => {
  const latin1 = Buffer.from('Grüße', 'latin1');
  const html = Buffer.concat([Buffer.from('<meta charset="iso-8859-1">'), latin1]);
  const rows: [name: string, body: Buffer, type: string | undefined, encoding: string, content: unknown][] = [
    ['text', Buffer.from('Grüße'), 'text/plain', 'text', 'Grüße'],
    ['text in a named charset', latin1, 'text/plain; charset="ISO-8859-1"', 'text', 'Grüße'],
    ['HTML that names its charset itself', html, 'text/html', 'text', '<meta charset="iso-8859-1">Grüße'],
    [
      'text with a byte order mark',
      Buffer.from('\ufeffhi', 'utf16le'),
      'text/plain; charset=utf-8',
      'text',
      'hi',
    ],
    ['text in a charset that nobody knows', Buffer.from('hi'), 'text/plain; charset=klingon', 'text', 'hi'],
    ['SVG', Buffer.from('<svg/>'), 'image/svg+xml', 'text', '<svg/>'],
    ['JSON', Buffer.from('{"a":1}'), 'application/json; charset=utf-8', 'json', { a: 1 }],
    ['JSON of a kind', Buffer.from('[1]'), 'application/ld+json', 'json', [1]],
    ['broken JSON as text', Buffer.from('{'), 'application/json', 'text', '{'],
    ['a picture as base64', Buffer.from([0x89, 0x50]), 'image/png', 'base64', 'iVA='],
    ['a type like text as base64', Buffer.from('x'), 'application/xhtml', 'base64', 'eA=='],
    ['text without a type', Buffer.from('hi'), undefined, 'text', 'hi'],
    ['bytes without a type as base64', Buffer.from([0xff, 0x00]), undefined, 'base64', '/wA='],
    ['nothing', Buffer.alloc(0), undefined, 'text', ''],
  ];
  for (const [name, body, type, encoding, content] of rows) {
    it(`carries ${name}`, () => assert.deepEqual(toContent(body, type), { encoding, content }));
  }
});
