import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningService, startService } from '@4runr/service-kit/lifecycle';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';

let simulator: RunningService;
before(async () => {
  const environment = { PORT: '0', LOG_LEVEL: 'silent' };
  simulator = await startService({
    name: 'provider-simulator',
    config: () => readConfig(environment),
    compose,
  });
});
after(() => simulator.stop());

const json = { 'content-type': 'application/json' };
const request = (path: string, init: RequestInit = {}) => fetch(`${simulator.url}${path}`, init);
const post = (path: string, body: string, headers: Record<string, string> = json) =>
  request(path, { method: 'POST', body, headers });

async function accessToken(): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'id',
    client_secret: 'secret',
    refresh_token: 'refresh',
  });
  const response = await request('/token', { method: 'POST', body: form });
  return ((await response.json()) as { access_token: string }).access_token;
}

describe('the simulated providers', () => {
  it('answers the same search with the same results', async () => {
    const search = async () => {
      const { organic_results } = (await (await request('/search.json?q=tea&api_key=k&num=3')).json()) as {
        organic_results: unknown[];
      };
      return organic_results;
    };
    const results = await search();
    assert.equal(results.length, 3);
    assert.deepEqual(await search(), results);
  });

  it('completes a chat with the model that was asked for, and tells its usage', async () => {
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] });
    const response = await post('/v1/chat/completions', body, { ...json, authorization: 'Bearer k' });
    const { model, usage } = (await response.json()) as { model: string; usage: Record<string, number> };
    assert.equal(model, 'gpt-4o-mini');
    assert.equal(usage.total_tokens, (usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0));
  });

  it('keeps a mail as its recipients would read it', async () => {
    const message =
      'From: a@b.test\r\nTo: "A, B" <ada@b.test>\r\nBcc: eve@b.test\r\nSubject: =?utf-8?Q?h=C3=A9?=\r\n\r\nHello';
    const raw = Buffer.from(message).toString('base64url');
    const headers = { ...json, authorization: `Bearer ${await accessToken()}` };
    const sent = await post('/gmail/v1/users/me/messages/send', JSON.stringify({ raw }), headers);
    const { id } = (await sent.json()) as { id: string };
    const { items } = (await (await request('/_sim/mailbox?limit=1')).json()) as {
      items: Record<string, unknown>[];
    };
    assert.deepEqual(
      { ...items[0], receivedAt: undefined },
      {
        id,
        from: 'a@b.test',
        to: ['ada@b.test'],
        cc: [],
        bcc: ['eve@b.test'],
        subject: 'hé',
        text: 'Hello',
        html: '',
        receivedAt: undefined,
      },
    );
  });

  it('counts what arrived, by route and status', async () => {
    const countOf = async () => {
      const { items } = (await (await request('/_sim/counts')).json()) as {
        items: { provider: string; status: number; count: number }[];
      };
      return items.find(({ provider, status }) => provider === 'serpapi' && status === 401)?.count ?? 0;
    };
    const before = await countOf();
    await request('/search.json?q=tea');
    assert.equal(await countOf(), before + 1);
  });
});

const refusals: [guarantee: string, path: string, init: RequestInit, status: number, form: RegExp][] = [
  ['SerpAPI refuses a search without a key', '/search.json?q=tea', {}, 401, /^\{"error":"Invalid API key/],
  [
    'SerpAPI refuses a search without a query',
    '/search.json?api_key=k',
    {},
    400,
    /^\{"error":"Missing query/,
  ],
  [
    'OpenAI refuses a chat without a key',
    '/v1/chat/completions',
    { method: 'POST' },
    401,
    /"invalid_request_error"/,
  ],
  [
    'OpenAI refuses broken JSON in its own form',
    '/v1/chat/completions',
    { method: 'POST', headers: { ...json, authorization: 'Bearer k' }, body: '{' },
    400,
    /"invalid_request_error"/,
  ],
  [
    'Gmail refuses a token that it did not issue',
    '/gmail/v1/users/me/messages/send',
    {
      method: 'POST',
      headers: { ...json, authorization: 'Bearer ya29.99999999999.00' },
      body: '{"raw":"aGk"}',
    },
    401,
    /"UNAUTHENTICATED"/,
  ],
  ['an unknown path is a problem document', '/nope', {}, 404, /"route.unknown"/],
];

describe('refusals', () => {
  for (const [guarantee, path, init, status, form] of refusals) {
    it(guarantee, async () => {
      const response = await request(path, init);
      assert.equal(response.status, status);
      assert.match(await response.text(), form);
    });
  }
});
