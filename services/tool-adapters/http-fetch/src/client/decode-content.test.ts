import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toContent } from './decode-content.ts';

describe('toContent', () => {
  const latin1 = Buffer.from('Grüße', 'latin1');
  const html = Buffer.concat([Buffer.from('<meta charset="iso-8859-1">'), latin1]);
  const xml = Buffer.concat([Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?>'), latin1]);
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
    [
      'text whose byte order mark and name differ',
      Buffer.from('\ufeffGrüße'),
      'text/plain; charset=iso-8859-1',
      'text',
      'Grüße',
    ],
    ['text in big-endian UTF-16', Buffer.from([0xfe, 0xff, 0, 0x68]), 'text/plain', 'text', 'h'],
    [
      'text in Shift JIS',
      Buffer.from([0x93, 0xfa, 0x96, 0x7b]),
      'text/plain; charset=Shift_JIS',
      'text',
      '日本',
    ],
    ['text in GB 18030', Buffer.from([0xd6, 0xd0]), 'text/plain;charset=gb18030', 'text', '中'],
    ['text in KOI8-R', Buffer.from([0xc4, 0xc1]), 'text/plain; charset=koi8-r', 'text', 'да'],
    [
      'the euro sign of Windows under the name of Latin-1',
      Buffer.from([0x80]),
      'text/plain; charset=latin1',
      'text',
      '€',
    ],
    ['text with bytes that its charset has not', Buffer.from([0x61, 0xff]), 'text/plain', 'text', 'a\ufffd'],
    [
      'HTML under the charset of the header, whatever it says itself',
      Buffer.from('<meta charset="iso-8859-1">ü'),
      'text/html; charset=utf-8',
      'text',
      '<meta charset="iso-8859-1">ü',
    ],
    [
      'HTML that claims to be UTF-16 in single bytes',
      Buffer.from('<meta charset="utf-16">ü'),
      'text/html',
      'text',
      '<meta charset="utf-16">ü',
    ],
    [
      'XML that names its charset itself',
      xml,
      'application/xml',
      'text',
      '<?xml version="1.0" encoding="ISO-8859-1"?>Grüße',
    ],
    [
      'a feed that names its charset itself',
      xml,
      'application/rss+xml',
      'text',
      '<?xml version="1.0" encoding="ISO-8859-1"?>Grüße',
    ],
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
