import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type AdapterStreamEnd, adapterRequestSchema, adapterStreamEnds } from '@4runr/contracts/call';
import type { Costs } from '@4runr/contracts/cost';
import { allowedResponseExample, deniedResponseExample } from '@4runr/contracts/decision';
import { problemMediaType, toProblem } from '@4runr/contracts/problem';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { formatEvent, type ServerSentEvent, writeInTurn } from '@4runr/service-kit/sse';
import { createTestMesh } from '@4runr/service-kit/testing';
import { eventually } from '../fixtures/eventually.ts';
import { chatManifest } from '../fixtures/manifests.ts';
import { answer, type Peer, type Script, startPeer } from '../fixtures/peer.ts';
import { adapterOf, type Neighbours, startNeighbours, startProxy } from '../fixtures/proxy-under-test.ts';

const end: AdapterStreamEnd = { usage: { inputTokens: 3, outputTokens: 4 }, upstreamMs: 5 };
const ended: ServerSentEvent = { event: adapterStreamEnds.end, data: JSON.stringify(end) };
const pieces = ['{"n":1}', '{"n":2}'].map((data) => ({ data }));
const params = { model: 'gpt', messages: [{ role: 'user', content: 'Hello' }] };

let neighbours: Neighbours;
let openai: Peer;
let proxy: RunningService;
before(async () => {
  neighbours = await startNeighbours();
  openai = await startPeer(adapterOf(chatManifest));
  proxy = await startProxy(neighbours, {
    ADAPTERS: `openai=${openai.url}`,
    // Streams that kept their places would keep the next tests from theirs.
    ATTEMPTS_IN_FLIGHT_OF_TOOL: '2',
    MESH_KEYS: createTestMesh().meshKeys(
      ['proxy-service', 'policy-service'],
      ['proxy-service', 'adapter-openai'],
    ),
  });
});
after(async () => {
  await proxy.stop();
  await Promise.all([neighbours.close(), openai.close()]);
});
beforeEach(() => neighbours.reset());

const play = (act: Script) => openai.play(adapterOf(chatManifest, act));
const playEvents = (...events: readonly ServerSentEvent[]) =>
  play((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.map(formatEvent).join(''));
  });
const carriedOut = () => openai.received.filter(({ method }) => method === 'POST');

async function complete(
  change: Readonly<Record<string, unknown>> = { stream: true },
  {
    path = '/openai/v1/chat/completions',
    signal,
    key,
  }: { path?: string; signal?: AbortSignal; key?: string } = {},
): Promise<Response> {
  return fetch(`${proxy.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await neighbours.issuer.token()}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify({ ...params, ...change }),
    signal: signal ?? AbortSignal.timeout(10_000),
  });
}

const counted = (code: string) => sampleOf('gateway_requests_total', `code="${code}"`);

async function sampleOf(metric: string, label: string): Promise<number> {
  const exposition = await (await fetch(`${proxy.url}/metrics`)).text();
  const line = exposition.split('\n').find((each) => each.startsWith(`${metric}{`) && each.includes(label));
  return Number(line?.slice(line.lastIndexOf(' ')) ?? 0);
}

interface Refusal {
  readonly error: { message: string; type: string; code: string; param: string | null };
}
const errorIn = async (response: Response) => ((await response.json()) as Refusal).error;

describe('a chat in OpenAI’s form', () => {
  it('is answered with what OpenAI answered, and nothing around it', async () => {
    play((_received, response) => answer(response, { result: { id: 'chatcmpl-1', choices: [] } }));
    const response = await complete({});
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '{"id":"chatcmpl-1","choices":[]}');
    assert.equal(response.headers.get('x-request-id'), response.headers.get('x-correlation-id'));
  });

  it('is refused in its form, saying by which parameter and whether it is worth repeating', async () => {
    const unfit = await complete({ messages: [{ role: 'root' }] });
    const { code, type, param } = await errorIn(unfit);
    assert.deepEqual(
      [unfit.status, code, type, param],
      [422, 'params.invalid', 'invalid_request_error', 'messages[0].role'],
    );
    assert.equal(unfit.headers.get('x-should-retry'), 'false');

    neighbours.policy.play((_received, response) => response.destroy());
    const undecided = await complete({});
    assert.deepEqual(
      [undecided.status, (await errorIn(undecided)).code, undecided.headers.get('x-should-retry')],
      [503, 'policy.unavailable', null],
    );
  });

  it('is told not to be repeated soon where a quota is used up for longer than its library waits', async () => {
    const { context } = deniedResponseExample;
    for (const [seconds, told] of [
      [60, null],
      [61, 'false'],
    ] as const) {
      neighbours.policy.play((_received, response) =>
        answer(response, { decision: false, context: { ...context, retryAfterSeconds: seconds } }),
      );
      const response = await complete({});
      assert.deepEqual([response.status, response.headers.get('x-should-retry')], [429, told]);
      assert.equal((await errorIn(response)).type, 'rate_limit_error');
    }
  });

  it('has that form for whatever is asked below /openai/', async () => {
    const unknown = await complete({}, { path: '/openai/v1/embeddings' });
    assert.deepEqual([unknown.status, (await errorIn(unknown)).code], [404, 'route.unknown']);
    const wrong = await fetch(`${proxy.url}/openai/v1/chat/completions`);
    assert.deepEqual([wrong.status, (await errorIn(wrong)).code], [405, 'method.unsupported']);
  });
});

describe('a chat with an idempotency key', () => {
  it('is answered again by what came of it, and is refused as a stream, which nobody keeps', async () => {
    play((_received, response) => answer(response, { result: { id: 'chat_1' } }));
    const whole = [await complete({}, { key: 'k1' }), await complete({}, { key: 'k1' })];
    assert.deepEqual(
      whole.map(({ status, headers }) => [status, headers.get('idempotency-replayed')]),
      [
        [200, null],
        [200, 'true'],
      ],
    );
    assert.deepEqual(await whole[1]?.json(), { id: 'chat_1' });
    const { error } = (await (await complete({ stream: true }, { key: 'k2' })).json()) as {
      error: { code: string };
    };
    assert.equal(error.code, 'request.invalid');
    assert.equal(carriedOut().length, 1);
  });
});

describe('a streamed chat', () => {
  it('is told of to policy, and comes piece by piece as it came, with the end that OpenAI has', async () => {
    playEvents(...pieces, ended);
    const response = await complete();
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(await response.text(), 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n');
    const asked = neighbours.policy.received[0]?.body as { context: { streamed?: boolean } };
    assert.equal(asked.context.streamed, true);
  });

  it('is told of to policy with the most that it uses, and counted with what it has used', async () => {
    const tokensOf = (type: string) => sampleOf('gateway_tokens_total', `type="${type}"`);
    const [input, output] = [await tokensOf('input'), await tokensOf('output')];
    playEvents(...pieces, ended);
    await (await complete({ stream: true, max_tokens: 50 })).text();
    const asked = neighbours.policy.received[0]?.body as { context: { costs?: Costs; params: object } };
    const bytes = Buffer.byteLength(JSON.stringify(asked.context.params));
    // Of this model nobody knows the price.
    assert.deepEqual(asked.context.costs, { tokens: bytes + 100 + 50 });
    assert.deepEqual([await tokensOf('input'), await tokensOf('output')], [input + 3, output + 4]);
  });

  it('is not had from /v1/tools, whose answers are whole', async () => {
    play(() => assert.fail('it was carried out'));
    const response = await complete({ stream: true }, { path: '/v1/tools/openai/chat' });
    assert.equal(response.headers.get('content-type')?.startsWith(problemMediaType), true);
    const { code, errors } = (await response.json()) as { code: string; errors: { pointer: string }[] };
    assert.deepEqual([code, errors[0]?.pointer], ['params.invalid', '/stream']);
    assert.deepEqual(carriedOut(), []);
  });

  it('has its first piece before the second is there', async () => {
    const second = Promise.withResolvers<void>();
    play(async (_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(formatEvent({ data: '{"n":1}' }));
      await second.promise;
      response.end(formatEvent(ended));
    });
    const reader = (await complete()).body?.getReader();
    assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'data: {"n":1}\n\n');
    second.resolve();
    assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'data: [DONE]\n\n');
  });

  it('is an attempt under way until it has ended', async () => {
    const whole = Promise.withResolvers<void>();
    play(async (_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(formatEvent(pieces[0] ?? ended));
      await whole.promise;
      response.end(formatEvent(ended));
    });
    const streams = await Promise.all([complete(), complete()]);
    const refused = await complete();
    assert.equal(refused.status, 503);
    assert.equal(((await refused.json()) as { error: { code: string } }).error.code, 'overload.shed');
    whole.resolve();
    await Promise.all(streams.map((stream) => stream.text()));
    assert.equal((await complete()).status, 200);
  });

  it('that fails before it begins has a status', async () => {
    const problem = toProblem('upstream.rejected', { detail: 'no', extensions: { dispatched: 'yes' } });
    play((_received, response) => {
      response.writeHead(502, { 'content-type': problemMediaType }).end(JSON.stringify(problem));
    });
    const response = await complete();
    assert.deepEqual([response.status, (await errorIn(response)).code], [502, 'upstream.rejected']);
  });

  it('is asked for again until its first piece, and never thereafter', async () => {
    playEvents(...pieces, ended);
    await Promise.all(Array.from({ length: 6 }, async () => (await complete()).text()));
    let attempt = 0;
    play((_received, response) => {
      attempt += 1;
      if (attempt === 1) return void response.destroy();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(pieces.map(formatEvent).join(''), () => response.destroy());
    });
    assert.match(await (await complete()).text(), /^data: {"n":1}\n\n.*"code":"upstream.failed"/s);
    assert.equal(carriedOut().length, 2);
  });

  const problem = toProblem('upstream.timeout', { extensions: { dispatched: 'yes' } });
  const told = { event: adapterStreamEnds.problem, data: JSON.stringify({ problem, upstreamMs: 1 }) };
  const broken: Readonly<Record<string, [code: string, act: () => void]>> = {
    'the adapter tells of a problem': ['upstream.timeout', () => playEvents(...pieces, told)],
    'the adapter does not say that it has ended': ['upstream.failed', () => playEvents(...pieces)],
    'the adapter says what nobody understands': [
      'upstream.failed',
      () => playEvents(...pieces, { event: 'perhaps', data: '1' }),
    ],
    'the adapter is gone': [
      'upstream.failed',
      () =>
        play((_received, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write(pieces.map(formatEvent).join(''), () => response.destroy());
        }),
    ],
    'the adapter falls silent': [
      'upstream.timeout',
      () =>
        play((_received, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write(pieces.map(formatEvent).join(''));
        }),
    ],
  };
  for (const [how, [code, act]] of Object.entries(broken)) {
    it(`ends with an error, and is counted as a failure, where ${how}`, async () => {
      act();
      const status = code === 'upstream.timeout' ? '504' : '502';
      const before = await counted(status);
      const events = (await (await complete()).text()).split('\n\n');
      assert.deepEqual(events.slice(0, 2), ['data: {"n":1}', 'data: {"n":2}']);
      const { error } = JSON.parse(events[2]?.slice('data: '.length) ?? '') as Refusal;
      assert.deepEqual([error.code, error.type, events.slice(3)], [code, 'server_error', ['']]);
      assert.equal(await counted(status), before + 1);
    });
  }

  it('ends before the piece with which it would be longer than policy allows', async () => {
    const { context } = allowedResponseExample;
    const obligations = [{ type: 'maxResponseBytes', bytes: 13 }];
    neighbours.policy.play((_received, response) =>
      answer(response, { decision: true, context: { ...context, obligations } }),
    );
    playEvents(...pieces, ended);
    const events = (await (await complete()).text()).split('\n\n');
    assert.equal(events[0], 'data: {"n":1}');
    assert.match(events[1] ?? '', /"code":"response.too_large"/);
  });

  it('is not begun where a decision obliges to what cannot be done to it', async () => {
    const { context } = allowedResponseExample;
    const obligations = [{ type: 'redact', paths: ['choices'] }];
    neighbours.policy.play((_received, response) =>
      answer(response, { decision: true, context: { ...context, obligations } }),
    );
    playEvents(...pieces, ended);
    assert.equal((await errorIn(await complete())).code, 'policy.unavailable');
    assert.deepEqual(carriedOut(), []);
  });

  it('ends all along its way when its reader leaves, and is counted as 499', async () => {
    const left = Promise.withResolvers<void>();
    play((_received, response) => {
      response.once('close', left.resolve);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(formatEvent({ data: '{"n":1}' }));
    });
    const before = await counted('499');
    const leaving = new AbortController();
    const response = await complete({ stream: true }, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await left.promise;
    await eventually(async () => (await counted('499')) === before + 1);
  });

  it('is read from the adapter no faster than its client reads', async () => {
    const piece = formatEvent({ data: JSON.stringify('x'.repeat(65_000)) });
    const total = 2_000;
    let written = 0;
    play(async (_received, response) => {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      while (written < total && !gone.signal.aborted) {
        written += 1;
        await writeInTurn(response, piece, gone).catch(() => {});
      }
    });
    const leaving = new AbortController();
    const response = await complete({ stream: true }, { signal: leaving.signal });
    await eventually(async () => {
      const before = written;
      for (let round = 0; round < 20; round += 1) await fetch(`${proxy.url}/livez`);
      return written === before;
    });
    assert.ok(written < total / 2, `${written} of ${total} were written`);
    leaving.abort();
    await response.body?.cancel().catch(() => {});
  });
});

it('the adapter is asked what the client asked', async () => {
  playEvents(...pieces, ended);
  await (await complete()).text();
  const { params: sent } = adapterRequestSchema.parse(carriedOut()[0]?.body);
  assert.deepEqual(sent, { ...params, stream: true });
});
