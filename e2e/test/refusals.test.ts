import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ProblemCode, problemKinds } from '@4runr/contracts/problem';
import { type Operation, operations } from '@4runr/edge-api';
import {
  type Answer,
  ask,
  askAsOperator,
  callTool,
  problemOf,
  type ToolCall,
  tokenOf,
} from './mesh/gateway.ts';
import { arrivals } from './mesh/simulator.ts';

const search = { q: 'tea' };
const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };
const mail = { to: 'eve@elsewhere.test', subject: 'Hello', text: 'Hello' };

type Row = [guarantee: string, action: string, params: unknown, options: ToolCall, code: ProblemCode];

const rows: Row[] = [
  ['no token', 'serpapi/search', search, { headers: { authorization: '' } }, 'token.missing'],
  ['a garbage token', 'serpapi/search', search, { token: 'garbage' }, 'token.invalid'],
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
  ['no body', 'serpapi/search', null, { body: '' }, 'params.invalid'],
  ['a body that is no object', 'serpapi/search', ['q'], {}, 'params.invalid'],
  ['an address that is no URL', 'http_fetch/get', { url: 'nowhere' }, {}, 'params.invalid'],
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

  for (const over of ['https', 'http'] as const)
    it(`headers over the limit over ${over}`, async () => {
      const headers = { 'x-long': 'x'.repeat(40_000) };
      assert.equal(problemOf(await ask('/v1/tools', { headers, over })).code, 'headers.too_large');
    });

  it('parameters against the schema are pointed at', async () => {
    const problem = problemOf(await callTool('http_fetch/get', { url: 1, nope: 2 }));
    assert.deepEqual(problem.errors?.map(({ pointer }) => pointer).sort(), ['/nope', '/url']);
  });

  it('a 401 challenges the client', async () => {
    const answer = await ask('/v1/tools');
    assert.match(String(answer.headers['www-authenticate']), /^Bearer /);
  });
});

describe('a denial names its reason and its decision, and reaches no provider:', () => {
  const denials: Record<string, () => ReturnType<typeof callTool>> = {
    no_policy: () => callTool('gmail_send/send', { ...mail, to: 'ada@company.com' }),
    model: () => callTool('openai/chat', chat, { by: 'enricher' }),
    recipient: () => callTool('gmail_send/send', mail, { by: 'engager' }),
  };
  for (const [reason, call] of Object.entries(denials)) {
    it(reason, async () => {
      const before = await arrivals();
      const problem = problemOf(await call());
      assert.equal(problem.code, 'policy.denied');
      assert.equal(problem.reason, reason);
      assert.match(problem.decisionId ?? '', /^dec_/);
      assert.equal(await arrivals(), before);
    });
  }
});

/** What a request without any credentials gets where there is something to be had. */
const withoutCredentials = ({ caller, answers, codes = [] }: Operation): number[] => {
  if (caller === 'anybody')
    return [...Object.keys(answers).map(Number), ...codes.map((code) => problemKinds[code].status)];
  return caller === 'client' ? [400, 401] : [401];
};

describe('what the description of the API names is there:', () => {
  for (const operation of operations) {
    it(`${operation.method} ${operation.path}`, async () => {
      const path = operation.path.replaceAll(/\{\w+\}/g, 'x');
      const answer = await ask(path, {
        method: operation.method.toUpperCase() as Uppercase<Operation['method']>,
      });
      assert.ok(withoutCredentials(operation).includes(answer.status), `${answer.status} ${answer.text}`);
    });
  }
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

/** A path that is not there, or none at all; below /oauth/ in OAuth's form. */
const nothingThere: ReadonlySet<string> = new Set(['route.unknown', 'request.invalid', 'invalid_request']);

function refusalOf(path: string, answer: Answer): string {
  return path.startsWith('/oauth/') ? (answer.json as { error: string }).error : problemOf(answer).code;
}

describe('what is inside stays inside', () => {
  for (const over of ['https', 'http'] as const) {
    for (const [path, method = 'GET'] of paths) {
      it(`${method} ${path} over ${over}`, async () => {
        const answer = await ask(path, { method, over });
        assert.ok([400, 404].includes(answer.status), `${answer.status} ${answer.text}`);
        assert.ok(nothingThere.has(refusalOf(path, answer)), answer.text);
        assert.match(String(answer.headers['x-correlation-id']), /^[0-9a-f]{32}$/);
      });
    }
  }

  it('with a token as well', async () => {
    const headers = { authorization: `Bearer ${await tokenOf('operator')}` };
    for (const [path, method = 'GET'] of paths) {
      assert.ok((await ask(path, { method, headers })).status >= 400, path);
    }
  });
});

describe('operators and agents', () => {
  it('an agent does not see or enrol agents', async () => {
    const headers = {
      authorization: `Bearer ${await tokenOf('scraper')}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ name: 'x', role: 'scraper' });
    assert.equal(problemOf(await ask('/v1/agents', { headers })).code, 'scope.insufficient');
    assert.equal(
      problemOf(await ask('/v1/agents', { method: 'POST', headers, body })).code,
      'scope.insufficient',
    );
  });

  it('nobody enrols an agent as an operator', async () => {
    const answer = await askAsOperator('/v1/agents', 'POST', { name: 'x', role: 'operator' });
    assert.deepEqual(
      problemOf(answer).errors?.map(({ pointer }) => pointer),
      ['/role'],
    );
  });

  it('an operator enrols an agent, whose key is shown once', async () => {
    const answer = await askAsOperator('/v1/agents', 'POST', { name: 'new', role: 'scraper' });
    const { privateKey, clientId } = answer.json as { privateKey: string; clientId: string };
    assert.equal(answer.status, 201, answer.text);
    assert.match(privateKey, /^-----BEGIN PRIVATE KEY-----/);
    const shown = await askAsOperator(`/v1/agents/${clientId}`, 'GET');
    assert.equal(shown.status, 200, shown.text);
    assert.ok(!shown.text.includes('PRIVATE'));
  });
});
