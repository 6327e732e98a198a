import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { headers } from '@4runr/contracts/headers';
import { echoAdapter } from '../../src/testing/echo-adapter.ts';
import {
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '../../src/testing/index.ts';
import type { ProviderScript } from '../../src/testing/test-provider.ts';

const status =
  (code: number, headers: Record<string, string> = {}): ProviderScript =>
  (_request, response) =>
    void response.writeHead(code, headers).end('{"message":"no such word","code":"WORD_UNKNOWN"}');

/** What the provider does; what a read, and what an effect then answers; and whether it was dispatched. */
const rows: [
  name: string,
  script: ProviderScript,
  read: string,
  effect: string,
  dispatched: string,
  upstream?: number,
][] = [
  ['refuses', status(400), 'upstream.rejected', 'upstream.rejected', 'yes', 400],
  ['refuses the credential', status(401), 'upstream.rejected', 'upstream.rejected', 'yes', 401],
  ['limits', status(429), 'upstream.failed', 'upstream.failed', 'yes', 429],
  ['fails', status(500), 'upstream.failed', 'upstream.failed', 'yes', 500],
  ['is unavailable', status(503), 'upstream.failed', 'upstream.failed', 'yes', 503],
  [
    'loses the answer behind its gateway',
    status(504),
    'upstream.failed',
    'upstream.outcome_unknown',
    'yes',
    504,
  ],
  ['redirects', status(302, { location: '/' }), 'upstream.rejected', 'upstream.rejected', 'yes', 302],
  [
    'answers something else than JSON',
    (_, r) => void r.end('<html>'),
    'upstream.failed',
    'upstream.outcome_unknown',
    'yes',
  ],
  [
    'answers in another form than the action declares',
    (_, r) => void r.end('{"word":1}'),
    'upstream.failed',
    'upstream.outcome_unknown',
    'yes',
  ],
  [
    'answers too much',
    (_, r) => void r.end('x'.repeat(2_000)),
    'response.too_large',
    'upstream.outcome_unknown',
    'yes',
  ],
  [
    'resets the connection',
    (_, r) => void r.destroy(),
    'upstream.failed',
    'upstream.outcome_unknown',
    'maybe',
  ],
  ['never answers', () => {}, 'upstream.timeout', 'upstream.outcome_unknown', 'maybe'],
  [
    'breaks off in the body',
    (_, r) => void r.writeHead(200, { 'content-length': '10' }).write('{', () => r.destroy()),
    'upstream.failed',
    'upstream.outcome_unknown',
    'yes',
  ],
  [
    'hangs in the body',
    (_, r) => void r.writeHead(200).write('{'),
    'upstream.timeout',
    'upstream.outcome_unknown',
    'yes',
  ],
];

/** What the echo's actions have. */
const timeoutMs = 150;

describe('when the provider', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider();
    adapter = await startTestAdapter(echoAdapter, { ECHO_BASE_URL: provider.url });
  });
  after(async () => {
    await adapter.close();
    await provider.close();
  });

  for (const [name, script, read, effect, dispatched, upstreamStatus] of rows) {
    for (const [action, code] of [['say', read] as const, ['post', effect] as const]) {
      it(`${name}, ${action} answers ${code}, dispatched: ${dispatched}`, async () => {
        provider.play(script);
        const { body } = await adapter.call(action, { word: 'hello' });
        assert.deepEqual(
          [body.code, body.dispatched, body.upstreamStatus],
          [code, dispatched, upstreamStatus],
        );
        assert.equal(provider.seen.length, 1, 'an adapter sends a request once');
      });
    }
  }

  it('answers, the result and usage come back with the time that it took', async () => {
    provider.play((request, response) => void response.end(request.body));
    const answer = await adapter.call('say', { word: 'hello' });
    assert.deepEqual([answer.status, answer.body], [200, { result: { word: 'hello' }, usage: { words: 1 } }]);
    assert.match(answer.headers.get('server-timing') ?? '', /^upstream;dur=\d+\.\d{3}$/);
  });

  it('complains, the agent reads its words, but not those about our credential', async () => {
    provider.play(status(400));
    assert.equal((await adapter.call('say', { word: 'hello' })).body.detail, 'no such word');
    provider.play(status(403));
    assert.equal((await adapter.call('say', { word: 'hello' })).body.detail, undefined);
  });

  it('complains, operators are told its code', async () => {
    provider.play(status(400));
    assert.equal((await adapter.call('say', { word: 'hello' })).body.upstreamCode, 'WORD_UNKNOWN');
  });

  it('asks for patience, its Retry-After is passed on', async () => {
    provider.play(status(429, { 'retry-after': '7' }));
    assert.equal((await adapter.call('say', { word: 'hello' })).headers.get('retry-after'), '7');
  });

  it('is called, it is handed the trace context of the call', async () => {
    provider.play((_request, response) => void response.end('{}'));
    const traceId = 'c0ffee00c0ffee00c0ffee00c0ffee00';
    await adapter.call(
      'say',
      { word: 'hello' },
      { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } },
    );
    assert.match(String(provider.seen[0]?.headers.traceparent), new RegExp(`^00-${traceId}-`));
  });

  it('is called, the exchange is counted by tool and action', async () => {
    const before = await adapter.metric('gateway_upstream_duration_ms_count');
    provider.play(status(500));
    await adapter.call('say', { word: 'hello' });
    assert.equal(await adapter.metric('gateway_upstream_duration_ms_count'), before + 1);
  });

  /** Makes a call and leaves as soon as it has reached the provider. `closed` says whether the answer came out whole. */
  async function leave(action: string) {
    const controller = new AbortController();
    const reached = Promise.withResolvers<{ answer(): void; closed: Promise<boolean> }>();
    provider.play((_request, response) => {
      const closed = new Promise<boolean>((resolve) => {
        response.once('close', () => resolve(response.writableFinished));
      });
      reached.resolve({ answer: () => void response.end('{}'), closed });
      controller.abort();
    });
    const call = adapter.call(action, { word: 'hello' }, { signal: controller.signal });
    await assert.rejects(call, { name: 'AbortError' });
    return reached.promise;
  }

  it('is given less time than the action has, the call ends with it', async () => {
    provider.play(() => {});
    const startedAt = performance.now();
    const answer = await adapter.call('say', { word: 'hi' }, { headers: { [headers.timeLimit]: '50' } });
    assert.deepEqual([answer.body.code, answer.body.dispatched], ['upstream.timeout', 'maybe']);
    assert.ok(performance.now() - startedAt < timeoutMs);
  });

  it('is given more than that, or in no number, the action’s time stands', async () => {
    provider.play(() => {});
    for (const limit of ['600000', '0', '-5', '1e9', 'soon']) {
      const startedAt = performance.now();
      const answer = await adapter.call('say', { word: 'hi' }, { headers: { [headers.timeLimit]: limit } });
      assert.equal(answer.body.code, 'upstream.timeout');
      assert.ok(performance.now() - startedAt >= timeoutMs - 1, limit);
    }
  });

  it('works for a caller that leaves, a read is broken off and an effect is let finish', async () => {
    const effect = await leave('post');
    const read = await leave('say');
    assert.equal(await read.closed, false);
    effect.answer();
    assert.equal(await effect.closed, true);
  });

  it('cannot be connected, the failure says that nothing was dispatched', async () => {
    const gone = await startTestProvider();
    await gone.close();
    const unconnected = await startTestAdapter(echoAdapter, { ECHO_BASE_URL: gone.url });
    const { body } = await unconnected.call('post', { word: 'hello' });
    await unconnected.close();
    assert.deepEqual([body.code, body.dispatched], ['upstream.failed', 'no']);
  });
});
