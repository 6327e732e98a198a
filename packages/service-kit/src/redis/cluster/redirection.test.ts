import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ErrorReply } from '@redis/client';
import { readRedirection } from './redirection.ts';

const asked = { host: '10.0.0.1', port: 6_379 };
const read = (message: string) => readRedirection(new ErrorReply(message), asked);

describe('a redirection', () => {
  it('names the node, by whatever name nodes go', () => {
    assert.deepEqual(read('MOVED 3999 127.0.0.1:6381'), { kind: 'moved', node: '127.0.0.1:6381' });
    assert.deepEqual(read('ASK 3999 redis-1.example:6381'), { kind: 'ask', node: 'redis-1.example:6381' });
    assert.deepEqual(read('MOVED 3999 ::1:6381'), { kind: 'moved', node: '::1:6381' });
  });

  it('without a name means the one that was asked, at another port', () => {
    assert.deepEqual(read('MOVED 3999 :6381'), { kind: 'moved', node: '10.0.0.1:6381' });
    assert.deepEqual(read('MOVED 3999 ?:6381'), { kind: 'moved', node: '10.0.0.1:6381' });
  });

  it('is no other error', () => {
    assert.equal(read('ERR MOVED 3999 127.0.0.1:6381'), undefined);
    assert.equal(readRedirection(new Error('MOVED 3999 127.0.0.1:6381'), asked), undefined);
  });
});
