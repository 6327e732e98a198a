import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { callResponseSchema, toolListSchema } from '@4runr/contracts/call';
import {
  allowedResponseExample,
  deniedResponseExample,
  evaluationRequestSchema,
} from '@4runr/contracts/decision';
import { type Problem, problemSchema, toProblem } from '@4runr/contracts/problem';
import { type Answer, type ProxyUnderTest, sendJson, startProxy } from '../fixtures/proxy-under-test.ts';

let proxy: ProxyUnderTest;
before(async () => {
  proxy = await startProxy();
});
after(() => proxy.stop());

const allow: Answer = (_request, _body, response) => sendJson(response, 200, allowedResponseExample);
const deny: Answer = (_request, _body, response) => sendJson(response, 200, deniedResponseExample);
const answer: Answer = (_request, _body, response) => {
  response.setHeader('server-timing', 'upstream;dur=1.5');
  sendJson(response, 200, { result: { said: 'yes' } });
};
beforeEach(() => {
  proxy.neighbours.policy = allow;
  proxy.neighbours.adapter = answer;
});

interface CallOptions {
  readonly action?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly claims?: Record<string, unknown>;
}

async function call({
  action = 'echo/say',
  body = '{"url":"u"}',
  headers = {},
  claims = {},
}: CallOptions = {}) {
  const response = await fetch(`${proxy.url}/v1/tools/${action}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await proxy.token(claims)}`,
      ...headers,
    },
  });
  return { response, body: (await response.json()) as unknown };
}

async function problemOf(options: CallOptions): Promise<Problem> {
  const { response, body } = await call(options);
  const problem = problemSchema.parse(body);
  assert.equal(response.status, problem.status);
  return problem;
}

describe('an allowed call', () => {
  it('answers with the result and what became of the call', async () => {
    const { response, body } = await call();
    assert.equal(response.status, 200);
    const { data, meta } = callResponseSchema.parse(body);
    assert.deepEqual(data, { said: 'yes' });
    assert.deepEqual([meta.tool, meta.action, meta.attempts], ['echo', 'say', 1]);
    assert.equal(meta.traceId, response.headers.get('x-correlation-id'));
    assert.match(
      response.headers.get('server-timing') ?? '',
      /^auth;dur=.+, policy;dur=.+, adapter;dur=.+, total;dur=/,
    );
    assert.match(response.headers.get('x-token-expires-in') ?? '', /^(900|899)$/);
  });

  it('asks policy in the form of the contract, with the facts of its parameters', async () => {
    await call({ headers: { 'agent-intent': 'lead_discovery' } });
    const asked = evaluationRequestSchema.parse(proxy.seen.policy.at(-1));
    assert.deepEqual(asked.context.facts, { url: ['u'], model: [], recipient: [] });
    assert.equal(asked.context.intent, 'lead_discovery');
    assert.equal(asked.context.requestBytes, 11);
    assert.equal(asked.subject.properties.role, 'scraper');
  });

  it('hands the permit to the adapter, and never the access token of the agent', async () => {
    await call();
    const seen = proxy.seen.adapter.at(-1);
    assert.equal(seen?.headers['gateway-permit'], allowedResponseExample.context.permit);
    const token = await proxy.token();
    assert.ok(!JSON.stringify(seen).includes(token.split('.')[2] ?? ''));
  });

  it('counts chunked bodies by their length', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"url":"u"}'));
        controller.close();
      },
    });
    await fetch(`${proxy.url}/v1/tools/echo/say`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await proxy.token()}` },
    });
    assert.equal(evaluationRequestSchema.parse(proxy.seen.policy.at(-1)).context.requestBytes, 11);
  });
});

const refusals: [guarantee: string, options: CallOptions, code: string][] = [
  ['no token is token.missing', { headers: { authorization: '' } }, 'token.missing'],
  ['a garbage token is token.invalid', { headers: { authorization: 'Bearer garbage' } }, 'token.invalid'],
  ['another scheme is token.invalid', { headers: { authorization: 'Basic YTpi' } }, 'token.invalid'],
  [
    'an ended token is token.expired',
    { claims: { exp: 1_700_000_000, iat: 1_699_999_000 } },
    'token.expired',
  ],
  ['an unknown tool is tool.unknown', { action: 'nope/say' }, 'tool.unknown'],
  ['a tool called __proto__ is tool.unknown', { action: '__proto__/say' }, 'tool.unknown'],
  ['an unknown action is action.unknown', { action: 'echo/constructor' }, 'action.unknown'],
  ['an encoded slash stays within its segment', { action: 'echo/say%2f..' }, 'action.unknown'],
  [
    'a token without the scope is scope.insufficient',
    { claims: { scope: 'echo:send' } },
    'scope.insufficient',
  ],
  ['parameters against the schema are params.invalid', { body: '{"url":1}' }, 'params.invalid'],
  ['no parameters are params.invalid', { body: '' }, 'params.invalid'],
  ['null for parameters is params.invalid', { body: 'null' }, 'params.invalid'],
  ['a list for parameters is params.invalid', { body: '[]' }, 'params.invalid'],
  ['broken JSON is request.invalid', { body: '{' }, 'request.invalid'],
  [
    'nesting without end is request.invalid',
    { body: `{"url":"u","free":${'['.repeat(5_000)}${']'.repeat(5_000)}}` },
    'request.invalid',
  ],
  ['an intent that is no word is request.invalid', { headers: { 'agent-intent': 'a b' } }, 'request.invalid'],
  [
    'another content type is media_type.unsupported',
    { headers: { 'content-type': 'text/plain' } },
    'media_type.unsupported',
  ],
  [
    'a body over the limit is body.too_large',
    { body: `{"url":"${'u'.repeat(1_048_576)}"}` },
    'body.too_large',
  ],
];

describe('a refused call', () => {
  for (const [guarantee, options, code] of refusals) {
    it(guarantee, async () => {
      const carriedOut = proxy.seen.adapter.length;
      assert.equal((await problemOf(options)).code, code);
      assert.equal(proxy.seen.adapter.length, carriedOut, 'nothing was carried out');
    });
  }

  it('that policy denies says why, and is not carried out', async () => {
    proxy.neighbours.policy = deny;
    const carriedOut = proxy.seen.adapter.length;
    const problem = await problemOf({});
    assert.equal(problem.code, 'policy.denied');
    assert.equal(problem.reason, deniedResponseExample.context.reasons[0]?.rule);
    assert.equal(problem.decisionId, deniedResponseExample.context.decisionId);
    assert.equal(proxy.seen.adapter.length, carriedOut);
  });
});

const cut: Answer = (request) => request.socket.destroy();
const say =
  (status: number, body: unknown): Answer =>
  (_request, _body, response) =>
    sendJson(response, status, body);
const garbage: Answer = (_request, _body, response) => void response.end('<html>');
const allowedWithoutPermit = {
  ...allowedResponseExample,
  context: { ...allowedResponseExample.context, permit: undefined },
};

const policyFailures: [guarantee: string, policy: Answer, code: string][] = [
  ['cut connections', cut, 'policy.unavailable'],
  ['garbage', garbage, 'policy.unavailable'],
  ['a 500', say(500, {}), 'policy.unavailable'],
  ['a refusal of our mesh token', say(401, toProblem('token.invalid')), 'policy.unavailable'],
  [
    'a decision that is no boolean',
    say(200, { ...allowedResponseExample, decision: 'true' }),
    'policy.unavailable',
  ],
  ['an allowing decision without a permit', say(200, allowedWithoutPermit), 'policy.unavailable'],
];

describe('without a decision there is no call', () => {
  for (const [guarantee, policy, code] of policyFailures) {
    it(`${guarantee} from policy-service is ${code}`, async () => {
      proxy.neighbours.policy = policy;
      const carriedOut = proxy.seen.adapter.length;
      assert.equal((await problemOf({})).code, code);
      assert.equal(proxy.seen.adapter.length, carriedOut);
    });
  }
});

const adapterFailures: [guarantee: string, adapter: Answer, read: string, effect: string][] = [
  ['a cut connection', cut, 'upstream.failed', 'upstream.outcome_unknown'],
  ['garbage', garbage, 'upstream.failed', 'upstream.outcome_unknown'],
  ['a result that is none', say(200, []), 'upstream.failed', 'upstream.outcome_unknown'],
  ['a failure of the provider', say(502, toProblem('upstream.failed')), 'upstream.failed', 'upstream.failed'],
  ['a forbidden target', say(403, toProblem('target.forbidden')), 'target.forbidden', 'target.forbidden'],
  [
    'a refusal of our mesh token',
    say(401, toProblem('token.invalid')),
    'service.unavailable',
    'service.unavailable',
  ],
  [
    'a refusal of the permit',
    say(403, toProblem('policy.denied')),
    'service.unavailable',
    'service.unavailable',
  ],
  ['a 500', say(500, toProblem('internal')), 'service.unavailable', 'upstream.outcome_unknown'],
];

describe('what an adapter fails at', () => {
  for (const [guarantee, adapter, read, effect] of adapterFailures) {
    it(`${guarantee} is ${read} for a read, ${effect} for an effect`, async () => {
      proxy.neighbours.adapter = adapter;
      assert.equal((await problemOf({})).code, read);
      assert.equal((await problemOf({ action: 'echo/send', body: '{}' })).code, effect);
    });
  }
});

describe('a client that leaves midway', () => {
  const leaveDuring = async (action: string): Promise<'ended' | 'carried through'> => {
    const arrived = Promise.withResolvers<void>();
    const outcome = Promise.withResolvers<'ended' | 'carried through'>();
    proxy.neighbours.adapter = (request, _body, response) => {
      request.socket.once('close', () => outcome.resolve('ended'));
      arrived.resolve();
      clientGone.promise.then(() => setImmediate(() => sendJson(response, 200, { result: null })));
      response.once('finish', () => outcome.resolve('carried through'));
    };
    const clientGone = Promise.withResolvers<void>();
    const { hostname, port } = new URL(proxy.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const authorization = `Authorization: Bearer ${await proxy.token()}`;
    const body = '{"url":"u"}';
    socket.write(
      `POST /v1/tools/${action} HTTP/1.1\r\nHost: x\r\n${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await arrived.promise;
    socket.destroy();
    if (action === 'echo/send') clientGone.resolve();
    return outcome.promise;
  };

  it('ends a read', async () => assert.equal(await leaveDuring('echo/say'), 'ended'));
  it('does not end an effect: half of it may have happened', async () => {
    assert.equal(await leaveDuring('echo/send'), 'carried through');
  });
});

describe('the list of tools', () => {
  const list = async (claims: Record<string, unknown> = {}) => {
    const headers = { authorization: `Bearer ${await proxy.token(claims)}` };
    return toolListSchema.parse(await (await fetch(`${proxy.url}/v1/tools`, { headers })).json());
  };

  it('holds the actions that policy would allow, asked without taking anything', async () => {
    const { items } = await list();
    assert.deepEqual(
      items.map(({ name, actions }) => [name, actions.map((action) => action.scope)]),
      [['echo', ['echo:say', 'echo:send']]],
    );
    assert.equal(evaluationRequestSchema.parse(proxy.seen.policy.at(-1)).context.dryRun, true);
  });

  it('leaves out what the token does not carry', async () => {
    const { items } = await list({ scope: 'echo:send' });
    assert.deepEqual(
      items[0]?.actions.map(({ name }) => name),
      ['send'],
    );
  });

  it('is empty for an agent that may call nothing', async () => {
    proxy.neighbours.policy = deny;
    assert.deepEqual(await list(), { items: [] });
  });

  it('does not show that a tool exists which the agent may not call', async () => {
    proxy.neighbours.policy = deny;
    const headers = { authorization: `Bearer ${await proxy.token()}` };
    const response = await fetch(`${proxy.url}/v1/tools/echo`, { headers });
    assert.equal(problemSchema.parse(await response.json()).code, 'tool.unknown');
  });
});

describe('what is measured', () => {
  it('counts tools and actions that nobody has as unknown: labels come from closed sets', async () => {
    await call({ action: 'hostile-label/x' });
    const metrics = await (await fetch(`${proxy.url}/metrics`)).text();
    assert.match(metrics, /gateway_requests_total\{tool="unknown",action="unknown",code="404"/);
    assert.ok(!metrics.includes('hostile-label'));
    assert.ok(!metrics.includes('agt_1'));
  });
});
