import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { ProblemCode } from '@4runr/contracts/problem';
import { ask, callTool, problemOf, stack, type ToolCall, tokenOf } from './mesh/gateway.ts';

const search = { q: 'tea' };
const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };
const mail = { to: 'eve@elsewhere.test', subject: 'Hello', text: 'Hello' };

type Row = [guarantee: string, action: string, params: unknown, options: ToolCall, code: ProblemCode];

const rows: Row[] = [
  ['no token', 'serpapi/search', search, { headers: { authorization: '' } }, 'token.missing'],
  [
    'a garbage token',
    'serpapi/search',
    search,
    { headers: { authorization: 'Bearer garbage' } },
    'token.invalid',
  ],
  ['an unknown tool', 'nope/search', search, {}, 'tool.unknown'],
  ['an unknown action', 'serpapi/nope', search, {}, 'action.unknown'],
  ['a missing parameter', 'serpapi/search', {}, {}, 'params.invalid'],
  ['an unknown parameter', 'http_fetch/get', { url: 'https://example.com/', nope: 1 }, {}, 'params.invalid'],
  ['broken JSON', 'serpapi/search', null, { body: '{' }, 'request.invalid'],
  ['nesting without end', 'serpapi/search', null, { body: '['.repeat(100_000) }, 'request.invalid'],
  ['a body over the limit', 'serpapi/search', { q: 'x'.repeat(1_100_000) }, {}, 'body.too_large'],
  [
    'another content type',
    'serpapi/search',
    search,
    { headers: { 'content-type': 'text/plain' } },
    'media_type.unsupported',
  ],
  ['another method', 'serpapi/search', search, { method: 'PUT' }, 'method.unsupported'],
  ['an operator without the scope', 'serpapi/search', search, { by: 'operator' }, 'scope.insufficient'],
  [
    'a scope that no policy allows',
    'gmail_send/send',
    { ...mail, to: 'ada@company.com' },
    {},
    'policy.denied',
  ],
  ['a model that no policy allows', 'openai/chat', chat, { by: 'enricher' }, 'policy.denied'],
  ['a recipient that no policy allows', 'gmail_send/send', mail, { by: 'engager' }, 'policy.denied'],
  ['a private address', 'http_fetch/get', { url: 'http://169.254.169.254/' }, {}, 'target.forbidden'],
];

describe('a refusal is a problem document with its code', () => {
  for (const over of ['https', 'http'] as const) {
    for (const [guarantee, action, params, options, code] of rows) {
      it(`${guarantee} over ${over}`, async () => {
        const answer = await callTool(action, params, { ...options, over });
        const problem = problemOf(answer);
        assert.equal(problem.code, code);
        assert.match(String(answer.headers['x-correlation-id']), /^[0-9a-f]{32}$/);
        assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
      });
    }
  }

  it('headers over the limit over http; HTTP/2 ends the connection instead (RFC 9113 section 10.5.1)', async () => {
    const headers = { 'x-long': 'x'.repeat(40_000) };
    assert.equal(problemOf(await ask('/v1/tools', { headers, over: 'http' })).code, 'headers.too_large');
  });

  it('parameters against the schema are pointed at', async () => {
    const problem = problemOf(await callTool('http_fetch/get', { url: 1, nope: 2 }));
    assert.deepEqual(problem.errors?.map(({ pointer }) => pointer).sort(), ['/nope', '/url']);
  });

  it('a denial names its reason and its decision', async () => {
    const problem = problemOf(await callTool('openai/chat', chat, { by: 'enricher' }));
    assert.equal(problem.reason, 'model');
    assert.match(problem.decisionId ?? '', /^dec_/);
  });

  it('a 401 challenges the client', async () => {
    const answer = await ask('/v1/tools');
    assert.match(String(answer.headers['www-authenticate']), /^Bearer /);
  });
});

const paths: [path: string, method?: 'GET' | 'POST'][] = [
  ['/'],
  ['/nope'],
  ['/metrics'],
  ['/livez'],
  ['/readyz'],
  ['/manifest'],
  ['/internal/x'],
  ['/access/v1/evaluation', 'POST'],
  ['/actions/search', 'POST'],
  ['/v1/tools/..%2f..%2fmetrics'],
  ['/v1/%2e%2e/metrics'],
  ['//metrics'],
  ['/./metrics'],
  ['/METRICS'],
  ['/metrics/'],
  ['/metrics%00'],
  ['/oauth/..;/metrics'],
  ['/v1/agents/../../metrics'],
];

describe('what is inside stays inside', () => {
  for (const [path, method = 'GET'] of paths) {
    it(`${method} ${path}`, async () => {
      const answer = await ask(path, { method });
      assert.ok([400, 401, 404].includes(answer.status), `${answer.status} ${answer.text}`);
      problemOf(answer);
      assert.ok(!answer.text.includes('gateway_build_info'));
    });
  }
});

describe('operators and agents', () => {
  const enrol = async (by: 'operator' | 'scraper', agent: object) =>
    ask('/v1/agents', {
      method: 'POST',
      body: JSON.stringify(agent),
      headers: { authorization: `Bearer ${await tokenOf(by)}`, 'content-type': 'application/json' },
    });

  it('an agent does not enrol agents', async () => {
    assert.equal(
      problemOf(await enrol('scraper', { name: 'x', role: 'scraper' })).code,
      'scope.insufficient',
    );
  });

  it('nobody enrols an agent as an operator', async () => {
    assert.equal((await enrol('operator', { name: 'x', role: 'operator' })).status, 422);
  });

  it('an operator enrols an agent, whose key is shown once', async () => {
    const answer = await enrol('operator', { name: 'new', role: 'scraper' });
    const { privateKey, clientId } = answer.json as { privateKey: string; clientId: string };
    assert.equal(answer.status, 201, answer.text);
    assert.match(privateKey, /^-----BEGIN PRIVATE KEY-----/);
    const shown = await ask(`/v1/agents/${clientId}`, {
      headers: { authorization: `Bearer ${await tokenOf('operator')}` },
    });
    assert.ok(!shown.text.includes('PRIVATE'));
  });
});

describe('a client that leaves midway', () => {
  it('harms nobody', async () => {
    const { hostname, port } = new URL(stack().edge.http);
    const token = await tokenOf('scraper');
    for (const sent of [
      'POST /v1/tools/serpapi/se',
      `POST /v1/tools/serpapi/search HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 99\r\n\r\n{"q"`,
    ]) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(sent);
      socket.destroy();
      await once(socket, 'close');
    }
    assert.equal((await callTool('serpapi/search', search)).status, 200);
  });
});
