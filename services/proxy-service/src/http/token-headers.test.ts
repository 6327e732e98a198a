import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Response } from 'express';
import type { Agent } from '../domain/call.ts';
import { setTokenHeaders } from './token-headers.ts';

const agent: Agent = {
  id: 'a',
  clientId: 'a',
  role: 'r',
  scopes: [],
  act: null,
  tokenIssuedAt: 1_000,
  tokenExpiresAt: 1_900,
};

function headersAt(second: number): Record<string, string> {
  const set: Record<string, string> = {};
  setTokenHeaders(
    { set: (name: string, value: string) => (set[name] = value) } as unknown as Response,
    agent,
    second * 1_000,
  );
  return set;
}

describe('token headers', () => {
  it('tell the seconds that are left', () => {
    assert.deepEqual(headersAt(1_000), { 'X-Token-Expires-In': '900' });
  });
  it('recommend rotation in the last fifth of the life, not before', () => {
    assert.equal(headersAt(1_720)['X-Token-Rotation-Recommended'], undefined);
    assert.equal(headersAt(1_721)['X-Token-Rotation-Recommended'], 'true');
  });
  it('never tell a negative time', () => {
    assert.equal(headersAt(1_903)['X-Token-Expires-In'], '0');
  });
});
