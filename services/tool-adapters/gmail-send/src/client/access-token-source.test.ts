import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProviderClient } from '@4runr/adapter-kit';
import { createAccessTokenSource } from './access-token-source.ts';

const config = { tokenUrl: 'http://token.test/token' };
const credential = { clientId: 'a', clientSecret: 'b', refreshToken: 'c', sender: 'gateway@company.com' };

/** A token endpoint that numbers its tokens, at a clock that the test moves. */
function createEndpoint(ttlSeconds = 3_600) {
  const state = { now: 0, requests: 0, fail: false };
  const provider: Pick<ProviderClient, 'request'> = {
    async request() {
      state.requests += 1;
      const body = JSON.stringify({ access_token: `token-${state.requests}`, expires_in: ttlSeconds });
      await Promise.resolve();
      return { status: state.fail ? 503 : 200, headers: {}, body: Buffer.from(body) };
    },
  };
  return { state, tokens: createAccessTokenSource(provider, config, () => state.now) };
}

describe('an access token', () => {
  it('is kept until a minute before it expires', async () => {
    const { state, tokens } = createEndpoint(3_600);
    assert.equal(await tokens.get(credential), 'token-1');
    state.now = 3_539_999;
    assert.equal(await tokens.get(credential), 'token-1');
    state.now = 3_540_000;
    assert.equal(await tokens.get(credential), 'token-2');
  });

  it('of a short life is kept for half of it', async () => {
    const { state, tokens } = createEndpoint(10);
    await tokens.get(credential);
    state.now = 4_999;
    assert.equal(await tokens.get(credential), 'token-1');
    state.now = 5_000;
    assert.equal(await tokens.get(credential), 'token-2');
  });

  it('is fetched once for all calls that wait for it', async () => {
    const { state, tokens } = createEndpoint();
    const got = await Promise.all([tokens.get(credential), tokens.get(credential), tokens.get(credential)]);
    assert.deepEqual([got, state.requests], [['token-1', 'token-1', 'token-1'], 1]);
  });

  it('that could not be fetched is asked for again by the next call', async () => {
    const { state, tokens } = createEndpoint();
    state.fail = true;
    await assert.rejects(tokens.get(credential), { code: 'upstream.failed' });
    state.fail = false;
    assert.equal(await tokens.get(credential), 'token-2');
  });

  it('that was dropped is replaced, but a newer one is not dropped with it', async () => {
    const { tokens } = createEndpoint();
    tokens.drop(await tokens.get(credential));
    assert.equal(await tokens.get(credential), 'token-2');
    tokens.drop('token-1');
    assert.equal(await tokens.get(credential), 'token-2');
  });

  it('of another credential is never used, and is not fetched once more for those who come later', async () => {
    const { state, tokens } = createEndpoint();
    const newer = { ...credential, refreshToken: 'd' };
    assert.equal(await tokens.get(credential), 'token-1');
    assert.equal(await tokens.get(newer), 'token-2');
    assert.deepEqual([await tokens.get(newer), state.requests], ['token-2', 2]);
  });

  it('that is being fetched when the credential changes serves only who has asked with the old one', async () => {
    const { tokens } = createEndpoint();
    const newer = { ...credential, refreshToken: 'd' };
    const got = await Promise.all([tokens.get(credential), tokens.get(newer), tokens.get(newer)]);
    assert.deepEqual(got, ['token-1', 'token-2', 'token-2']);
    assert.equal(await tokens.get(newer), 'token-2');
  });
});
