import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { baseSettings, loadConfig, setting, url } from '@4runr/service-kit/config';
import {
  defineAdapter,
  gatherStream,
  isSuccess,
  rejectedAnswer,
  type StreamHandler,
} from '../../src/index.ts';
import {
  type ProviderScript,
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '../../src/testing/index.ts';

const settings = {
  ...baseSettings(0),
  baseUrl: setting('ECHO_BASE_URL', url('http'), { about: 'the provider' }),
};

const headTimeoutMs = 400;
const idleTimeoutMs = 400;
const timeoutMs = 1_500;

/** Hands on what its provider sends, piece by piece. */
const streamingAdapter = defineAdapter({
  manifest: {
    tool: 'echo',
    version: '1',
    description: 'Repeats what comes',
    actions: {
      hear: {
        description: 'Hears it',
        effect: 'read',
        timeoutMs,
        streaming: { param: 'stream', idleTimeoutMs, timeoutMs },
        params: {
          type: 'object',
          properties: { stream: { type: 'boolean' } },
          additionalProperties: false,
          examples: [{}],
        },
        result: { type: 'object', properties: {} },
      },
    },
  },
  readConfig: (environment = {}) => loadConfig(settings, environment),
  compose: ({ config, createProviderClient }) => {
    const provider = createProviderClient();
    const target = new URL(config.baseUrl);
    const stream: StreamHandler = async function* (call) {
      const request = { method: 'GET', url: target, template: '/', headTimeoutMs, idleTimeoutMs } as const;
      const answer = await provider.open(call, request);
      if (!isSuccess(answer)) throw rejectedAnswer(await gatherStream(answer));
      for await (const chunk of answer.body) yield JSON.stringify(chunk.toString());
      return { usage: { pieces: 1 } };
    };
    return { hear: { whole: async () => ({ result: {} }), stream } };
  },
});

/** What the provider does; the status, and the code and what was dispatched by then; and whether a piece had come. */
type Row = readonly [
  what: string,
  script: ProviderScript,
  outcome: readonly [status: number, code: string | undefined, dispatched: string | undefined],
  pieces: boolean,
];

const rows: readonly Row[] = [
  ['ends in order', (_, r) => void r.end('a'), [200, undefined, undefined], true],
  ['refuses', (_, r) => void r.writeHead(400).end(), [502, 'upstream.rejected', 'yes'], false],
  ['never answers', () => {}, [504, 'upstream.timeout', 'maybe'], false],
  ['breaks off before its head', (_, r) => void r.destroy(), [502, 'upstream.failed', 'maybe'], false],
  ['is silent behind its head', (_, r) => r.flushHeaders(), [504, 'upstream.timeout', 'yes'], false],
  ['falls silent midway', (_, r) => void r.write('a'), [200, 'upstream.timeout', 'yes'], true],
  [
    'breaks off midway',
    (_, r) => void r.write('a', () => r.destroy()),
    [200, 'upstream.failed', 'yes'],
    true,
  ],
  ['never comes to an end', keepTalking, [200, 'upstream.timeout', 'yes'], true],
];

function keepTalking(...[, response]: Parameters<ProviderScript>): void {
  const talking = setInterval(() => response.write('a'), idleTimeoutMs / 4);
  response.once('close', () => clearInterval(talking));
}

describe('a stream', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider();
    adapter = await startTestAdapter(streamingAdapter, { ECHO_BASE_URL: provider.url });
  });
  after(async () => {
    await adapter.close();
    await provider.close();
  });

  for (const [what, script, outcome, hasPieces] of rows) {
    it(`of a provider that ${what} ends within its time as ${outcome.slice(0, 2).join(' ')}`, async () => {
      const closed = Promise.withResolvers<void>();
      provider.play((request, response) => {
        response.once('close', closed.resolve);
        script(request, response);
      });
      const startedAt = performance.now();
      const { status, body } = await adapter.call('hear', { stream: true });
      assert.ok(performance.now() - startedAt < timeoutMs + 1_500);
      assert.deepEqual([status, body.code, body.dispatched], outcome);
      assert.equal((body.pieces ?? []).length > 0, hasPieces);
      await closed.promise;
    });
  }
});
