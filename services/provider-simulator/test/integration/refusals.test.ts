import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { refreshForm, startSimulator, type TestSimulator } from '../../src/testing/start-simulator.ts';

let simulator: TestSimulator;
let token: string;
before(async () => {
  simulator = await startSimulator({ BODY_BYTES_MAX: '2000' });
  token = await simulator.accessToken();
});
after(() => simulator.service.stop());

const chats = '/v1/chat/completions';
const sends = '/gmail/v1/users/me/messages/send';
const messages = [{ role: 'user', content: 'Hello' }];
const chat = (body: unknown) => simulator.postJson(chats, body, 'key');
const send = (body: unknown) => simulator.postJson(sends, body, token);
const refresh = (changes: Record<string, string>) =>
  simulator.request('/token', { method: 'POST', body: refreshForm(changes) });
const rawOf = (text: string) => Buffer.from(text).toString('base64url');

type Refusal = readonly [guarantee: string, request: () => Promise<Response>, status: number, form: RegExp];

/** Whatever is wrong, the answer has the form of the provider that was asked. */
const refusals: Readonly<Record<string, readonly Refusal[]>> = {
  SerpAPI: [
    ['a missing key', () => simulator.request('/search.json?q=tea'), 401, /^\{"error":"Invalid API key/],
    ['a missing query', () => simulator.request('/search.json?api_key=k'), 400, /^\{"error":"Missing query/],
    [
      'an engine that it does not have',
      () => simulator.request('/search.json?api_key=k&q=tea&engine=nope'),
      400,
      /^\{"error":"Unsupported `nope`/,
    ],
    ['a path that it does not have', () => simulator.request('/account.json'), 404, /^\{"error":/],
    ['another method', () => simulator.request('/search.json', { method: 'POST' }), 404, /^\{"error":/],
  ],
  OpenAI: [
    ['a missing key', () => simulator.postJson(chats, { model: 'm', messages }), 401, /provide an API key/],
    ['broken JSON', () => chat('{'), 400, /could not parse the JSON body/],
    [
      'nesting without end',
      () => chat(`${'['.repeat(900)}${']'.repeat(900)}`),
      400,
      /"invalid_request_error"/,
    ],
    [
      'no body',
      () => simulator.request(chats, withKey({ method: 'POST' })),
      400,
      /provide a model parameter/,
    ],
    ['a body that is null', () => chat('null'), 400, /provide a model parameter/],
    [
      'a body of another type',
      () => simulator.request(chats, withKey({ method: 'POST', body: 'hello' })),
      415,
      /"invalid_request_error"/,
    ],
    [
      'a body over the limit',
      () => chat({ model: 'm'.repeat(3_000), messages }),
      413,
      /invalid_request_error/,
    ],
    ['missing messages', () => chat({ model: 'm' }), 400, /"missing_required_parameter"/],
    [
      'a role that it does not know',
      () => chat({ model: 'm', messages: [{ role: 'root', content: '' }] }),
      400,
      /"param":"messages\[0\]\.role"/,
    ],
    ['a model that does not exist', () => chat({ model: 'invalid', messages }), 404, /"model_not_found"/],
    [
      'options of a stream without one',
      () => chat({ model: 'm', messages, stream_options: { include_usage: true } }),
      400,
      /"param":"stream_options"/,
    ],
    [
      'a path that it does not have',
      () => simulator.postJson('/v1/nope', {}),
      404,
      /Invalid URL \(POST \/v1\/nope/,
    ],
  ],
  Google: [
    [
      'a token that it did not issue',
      () => simulator.postJson(sends, {}, 'ya29.9999999999.0'),
      401,
      /UNAUTHENT/,
    ],
    ['a message that is missing', () => send({}), 400, /RFC822 payload/],
    ['a message that is no base64url', () => send({ raw: '<>' }), 400, /RFC822 payload/],
    [
      'a message without recipient',
      () => send({ raw: rawOf('From: a@b.test\r\n\r\n') }),
      400,
      /Recipient address/,
    ],
    ['a message that cannot be read', () => send({ raw: rawOf('\0\u0001\r\n') }), 400, /"INVALID_ARGUMENT"/],
    ['broken JSON', () => send('{'), 400, /"INVALID_ARGUMENT"/],
    ['a body over the limit', () => send({ raw: 'a'.repeat(3_000) }), 413, /"code":413/],
    [
      'a path that it does not have',
      () => simulator.request('/gmail/v1/users/me/labels'),
      404,
      /"NOT_FOUND"/,
    ],
    [
      'a grant without client',
      () => refresh({ client_id: '' }),
      400,
      /Missing required parameter: client_id/,
    ],
    ['another grant', () => refresh({ grant_type: 'password' }), 400, /"unsupported_grant_type"/],
    ['a client that it does not know', () => refresh({ client_id: 'invalid' }), 401, /"invalid_client"/],
    ['a refresh token that was revoked', () => refresh({ refresh_token: 'invalid' }), 400, /"invalid_grant"/],
  ],
  'the simulator itself': [
    ['an unknown path', () => simulator.request('/nope'), 404, /"route.unknown"/],
    [
      'another method',
      () => simulator.request('/_sim/counts', { method: 'DELETE' }),
      405,
      /"method.unsupported"/,
    ],
    [
      'faults, where they are not switched on',
      () => simulator.request('/v1/faults/serpapi'),
      404,
      /"route.unknown"/,
    ],
  ],
};

function withKey(init: RequestInit): RequestInit {
  return { ...init, headers: { authorization: 'Bearer key' } };
}

for (const [refuser, cases] of Object.entries(refusals)) {
  describe(`${refuser} refuses in its own form`, () => {
    for (const [what, request, status, form] of cases) {
      it(what, async () => {
        const response = await request();
        const body = await response.text();
        assert.equal(response.status, status, body);
        assert.match(body, form);
      });
    }
  });
}

describe('a client that goes away', () => {
  it('in the middle of its body leaves the simulator serving, and is counted as such', async () => {
    const head = `POST ${chats} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nContent-Type: application/json\r\n`;
    const countOf = async () =>
      (await simulator.counts()).find(({ route }) => route === `POST ${chats}`)?.statuses['499'] ?? 0;
    const before = await countOf();
    const socket = connect(simulator.service.port, '127.0.0.1');
    socket.write(`${head}Content-Length: 1000\r\n\r\n{"model":`, () => socket.destroy());
    while ((await countOf()) === before) await new Promise(setImmediate);
    assert.equal((await chat({ model: 'm', messages })).status, 200);
  });
});
