import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHostPort } from './host-exceptions.ts';

describe('parseHostPort', () => {
  const wellFormed: [text: string, hostname: string, port: number][] = [
    ['localhost:9000', 'localhost', 9000],
    ['Intranet.Example:80', 'intranet.example', 80],
    ['127.0.0.1:443', '127.0.0.1', 443],
    ['0x7f.1:8080', '127.0.0.1', 8080],
    ['[::1]:8080', '[::1]', 8080],
  ];
  for (const [text, hostname, port] of wellFormed) {
    it(`reads ${text}`, () => assert.deepEqual(parseHostPort(text), { hostname, port }));
  }

  for (const text of [
    'localhost',
    'http://localhost:80',
    'a:b@localhost:80',
    'localhost:0',
    'x:70000',
    '',
    ':80',
    'a/b:80',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseHostPort(text), TypeError));
  }
});
