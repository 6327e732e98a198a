import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemIn, type Sent, sendBytes } from '../fixtures/calling.ts';
import { anEffect, aRead } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';
import { type Claims, startTokenIssuer } from '../fixtures/token-issuer.ts';

const proxy = withRunningProxy();
const { call } = proxy;

const calls = (path: string) => ({ path: `/v1/tools/${path}` });
const withBody = (body: string | Buffer) => ({ body });
const withUrl = (text: string) => ({ body: `{"url": ${text}}` });
const withMember = (text: string) => ({ body: `{"url": "u", "x": ${text}}` });
const withHeaders = (headers: NonNullable<Sent['headers']>) => ({ headers });
const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);

type Rows = Readonly<Record<string, [change: Partial<Sent>, status: number, code: string]>>;

const paths: Rows = {
  'an unknown route': [{ path: '/v1/nope' }, 404, 'route.unknown'],
  'the root': [{ path: '/' }, 404, 'route.unknown'],
  'a route of one segment too many': [calls('web/fetch/x'), 404, 'route.unknown'],
  'a slash at the end': [calls('web/fetch/'), 404, 'route.unknown'],
  'a double slash': [{ path: '//v1/tools/web/fetch' }, 404, 'route.unknown'],
  'another spelling': [{ path: '/V1/tools/web/fetch' }, 404, 'route.unknown'],
  'an unknown tool': [calls('nope/fetch'), 404, 'tool.unknown'],
  'an unknown action': [calls('web/nope'), 404, 'action.unknown'],
  'a tool that climbs the path': [calls('%2e%2e/fetch'), 404, 'tool.unknown'],
  'an action that climbs the path': [calls('web/%2e%2e'), 404, 'action.unknown'],
  'an encoded slash': [calls('web%2ffetch/fetch'), 404, 'tool.unknown'],
  'an encoded slash in the action': [calls('web/fetch%2f..%2fconstructor'), 404, 'action.unknown'],
  'an encoded NUL': [calls('web/fetch%00'), 404, 'action.unknown'],
  'a tool called __proto__': [calls('__proto__/fetch'), 404, 'tool.unknown'],
  'a tool called constructor': [calls('constructor/fetch'), 404, 'tool.unknown'],
  'an action called __proto__': [calls('web/__proto__'), 404, 'action.unknown'],
  'an action called toString': [calls('web/toString'), 404, 'action.unknown'],
  'a tool with a very long name': [calls(`${'w'.repeat(10_000)}/fetch`), 404, 'tool.unknown'],
  'an escape that is none': [calls('web/%zz'), 400, 'request.invalid'],
  'an escape that is no UTF-8': [calls('web/%ff'), 400, 'request.invalid'],
};

const methods: Rows = {
  'GET of an action': [{ method: 'GET', body: '' }, 405, 'method.unsupported'],
  'PUT of an action': [{ method: 'PUT' }, 405, 'method.unsupported'],
  'DELETE of an action': [{ method: 'DELETE' }, 405, 'method.unsupported'],
  'OPTIONS of an action': [{ method: 'OPTIONS', body: '' }, 405, 'method.unsupported'],
  'TRACE of an action': [{ method: 'TRACE', body: '' }, 405, 'method.unsupported'],
  'POST of the list of tools': [{ path: '/v1/tools' }, 405, 'method.unsupported'],
  'POST of a tool': [calls('web'), 405, 'method.unsupported'],
};

const headers: Rows = {
  'no token': [withHeaders({ authorization: '' }), 401, 'token.missing'],
  'another scheme': [withHeaders({ authorization: 'Basic YTpi' }), 401, 'token.invalid'],
  'a garbage token': [withHeaders({ authorization: 'Bearer garbage' }), 401, 'token.invalid'],
  'a token of spaces': [withHeaders({ authorization: 'Bearer   ' }), 401, 'token.invalid'],
  'an unsigned token': [
    withHeaders({ authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }),
    401,
    'token.invalid',
  ],
  'a token of 8 KiB': [withHeaders({ authorization: `Bearer ${'a'.repeat(8_192)}` }), 401, 'token.invalid'],
  'headers over 16 KiB': [withHeaders({ 'x-long': 'x'.repeat(20_000) }), 431, 'headers.too_large'],
  'an intent of several words': [withHeaders({ 'agent-intent': 'a b' }), 400, 'request.invalid'],
  'an intent that is too long': [withHeaders({ 'agent-intent': 'i'.repeat(129) }), 400, 'request.invalid'],
  'an empty intent': [withHeaders({ 'agent-intent': '' }), 400, 'request.invalid'],
  'two intents': [withHeaders({ 'agent-intent': ['a', 'b'] }), 400, 'request.invalid'],
  'an intent with a control character': [withHeaders({ 'agent-intent': 'a\tb' }), 400, 'request.invalid'],
  'no content type': [withHeaders({ 'content-type': '' }), 415, 'media_type.unsupported'],
  'another content type': [withHeaders({ 'content-type': 'text/plain' }), 415, 'media_type.unsupported'],
  'a form': [
    withHeaders({ 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'media_type.unsupported',
  ],
  'another charset': [
    withHeaders({ 'content-type': 'application/json; charset=latin1' }),
    415,
    'media_type.unsupported',
  ],
  'a compressed body': [withHeaders({ 'content-encoding': 'gzip' }), 415, 'media_type.unsupported'],
};

const bodies: Rows = {
  'no body': [withBody(''), 422, 'params.invalid'],
  null: [withBody('null'), 422, 'params.invalid'],
  'a list': [withBody('[]'), 422, 'params.invalid'],
  'a list of parameters': [withBody('[{"url": "u"}]'), 422, 'params.invalid'],
  'a text': [withBody('"url"'), 422, 'params.invalid'],
  'a number': [withBody('1'), 422, 'params.invalid'],
  'a boolean': [withBody('true'), 422, 'params.invalid'],
  'an object without what is required': [withBody('{}'), 422, 'params.invalid'],
  'what is required, inherited': [withBody('{"__proto__": {"url": "u"}}'), 422, 'params.invalid'],
  'a number at the place of a fact': [withUrl('1'), 422, 'params.invalid'],
  'an object at the place of a fact': [withUrl('{"toString": "u"}'), 422, 'params.invalid'],
  'a list at the place of a fact': [withUrl('["u"]'), 422, 'params.invalid'],
  'null at the place of a fact': [withUrl('null'), 422, 'params.invalid'],
  'a second member of the same name, which counts': [
    withBody('{"url": "u", "url": 1}'),
    422,
    'params.invalid',
  ],
  'half a document': [withBody('{"url": "u"'), 400, 'request.invalid'],
  'two documents': [withBody('{"url": "u"}{}'), 400, 'request.invalid'],
  'a comment': [withBody('{"url": "u"} // x'), 400, 'request.invalid'],
  NaN: [withMember('NaN'), 400, 'request.invalid'],
  'a number out of range': [withMember('1e999'), 400, 'request.invalid'],
  'half a surrogate pair': [withUrl('"\\ud800"'), 400, 'request.invalid'],
  'half a surrogate pair in a name': [withBody('{"url": "u", "\\udfff": 1}'), 400, 'request.invalid'],
  'lists nested 100,000 deep': [withMember(nested('[', ']', 100_000)), 400, 'request.invalid'],
  'objects nested 100,000 deep': [
    withMember(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
    400,
    'request.invalid',
  ],
  'a mebibyte of opened lists': [withBody('['.repeat(1_048_576)), 400, 'request.invalid'],
  'a body over the limit': [withUrl(`"${'u'.repeat(1_048_576)}"`), 413, 'body.too_large'],
  'bytes that are no text': [withBody(Buffer.from([0xff, 0xfe, 0x00])), 400, 'request.invalid'],
};

for (const [what, rows] of Object.entries({ paths, methods, headers, bodies })) {
  describe(`bad input: ${what}`, () => {
    for (const [name, [change, status, code]] of Object.entries(rows)) {
      it(`${name} is ${status} ${code}, and nothing is carried out`, async () => {
        const problem = problemIn(await call(change));
        assert.deepEqual([problem.status, problem.code], [status, code]);
        const seen = [...proxy.neighbours.policy.received, ...proxy.neighbours.web.received];
        assert.deepEqual(
          seen.filter(({ method }) => method === 'POST'),
          [],
        );
      });
    }
  });
}

describe('bad input: tokens', () => {
  const claims: Readonly<Record<string, [change: Claims, status: number, code: string]>> = {
    'that has ended': [{ iat: 1_700_000_000, exp: 1_700_000_900 }, 401, 'token.expired'],
    'that never ends': [{ exp: undefined }, 401, 'token.invalid'],
    'of another issuer': [{ iss: 'https://other.test' }, 401, 'token.invalid'],
    'for another audience': [{ aud: 'https://other.test' }, 401, 'token.invalid'],
    'without a role': [{ role: undefined }, 401, 'token.invalid'],
    'that carries another scope': [{ scope: 'mail:send' }, 403, 'scope.insufficient'],
    'of an operator': [{ role: 'operator', scope: 'agents:read policies:write' }, 403, 'scope.insufficient'],
  };
  for (const [name, [change, status, code]] of Object.entries(claims)) {
    it(`one ${name} is ${status} ${code}`, async () => {
      const answered = await call(withHeaders({ authorization: await proxy.bearer(change) }));
      const problem = problemIn(answered);
      assert.deepEqual([problem.status, problem.code], [status, code]);
      assert.match(answered.headers['www-authenticate'] ?? '', /^Bearer realm="4runr"/);
    });
  }

  it('one that another key has signed is 401 token.invalid', async () => {
    const forger = await startTokenIssuer({ forged: true });
    const answered = await call(withHeaders({ authorization: `Bearer ${await forger.token()}` }));
    await forger.close();
    assert.equal(problemIn(answered).code, 'token.invalid');
  });

  it('one of another type is 401 token.invalid', async () => {
    const token = await proxy.neighbours.issuer.token({}, { typ: 'JWT' });
    const answered = await call(withHeaders({ authorization: `Bearer ${token}` }));
    assert.equal(problemIn(answered).code, 'token.invalid');
  });
});

describe('bad input that the HTTP parser refuses', () => {
  const host = 'Host: gateway.test\r\n';
  const rows: Readonly<Record<string, string>> = {
    'a control character in a header': `POST ${aRead.path} HTTP/1.1\r\n${host}Agent-Intent: a\x01b\r\n\r\n`,
    'two lengths': `POST ${aRead.path} HTTP/1.1\r\n${host}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    'a length and chunks': `POST ${aRead.path} HTTP/1.1\r\n${host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
    'no HTTP at all': 'HELLO\r\n\r\n',
  };
  for (const [name, bytes] of Object.entries(rows)) {
    it(`${name} is 400 request.invalid`, async () => {
      const answer = await sendBytes(proxy.url, bytes);
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.match(answer, /"code":"request\.invalid"/);
    });
  }
});

describe('what is refused says how it is done right', () => {
  it('the methods that a path has', async () => {
    assert.equal((await call({ method: 'PATCH' })).headers.allow, 'POST');
    assert.equal((await call({ path: '/v1/tools' })).headers.allow, 'GET, HEAD');
  });

  it('the places of the faults in the parameters', async () => {
    const { path } = anEffect;
    const problem = problemIn(await call({ path, body: '{"to": 1, "cc": "a@x.test"}' }));
    assert.deepEqual([...new Set(problem.errors?.map(({ pointer }) => pointer))].sort(), [
      '/cc',
      '/text',
      '/to',
    ]);
  });
});
