import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { Agent } from 'undici';
import { AnswerTooLargeError, exchange } from './exchange.ts';

/** A server that answers `{}` and counts what arrives, with a pool of connections to it. */
async function serve(t: TestContext, connect: { lookup?: LookupFunction } = {}) {
  const arrived: string[] = [];
  const server = createServer((request, response) => {
    arrived.push(request.url ?? '');
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const agent = new Agent({ connections: 1, connect });
  t.after(async () => {
    await agent.destroy();
    server.close();
  });
  return { arrived, agent, port: (server.address() as AddressInfo).port };
}

function watch(signal: AbortSignal, bytesMax = 10) {
  const events: string[] = [];
  const on = { onSending: () => void events.push('sending'), onAnswer: () => void events.push('answer') };
  return { events, options: { method: 'GET', path: '/', bytesMax, signal, ...on } as const };
}

const never = new AbortController().signal;

describe('exchange', () => {
  it('ends at once when its signal fires while connecting, and sends nothing afterwards', async (t) => {
    const released = Promise.withResolvers<void>();
    const lookup: LookupFunction = async (_host, _options, callback) => {
      await released.promise;
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    const { arrived, agent, port } = await serve(t, { lookup });
    const origin = `http://service.test:${port}`;
    const controller = new AbortController();
    const { events, options } = watch(controller.signal);
    const answer = exchange(agent, { ...options, origin });
    controller.abort();
    await assert.rejects(answer, { name: 'AbortError' });

    released.resolve();
    await exchange(agent, { ...watch(never).options, origin });
    assert.deepEqual([events, arrived.length], [[], 1]);
  });

  it('does not begin when its signal has fired before', async (t) => {
    const { arrived, agent, port } = await serve(t);
    const { events, options } = watch(AbortSignal.abort());
    await assert.rejects(exchange(agent, { ...options, origin: `http://127.0.0.1:${port}` }), {
      name: 'AbortError',
    });
    assert.deepEqual([events, arrived.length], [[], 0]);
  });

  it('tells when it sends and when the answer begins', async (t) => {
    const { agent, port } = await serve(t);
    const { events, options } = watch(never);
    const answer = await exchange(agent, { ...options, origin: `http://127.0.0.1:${port}` });
    assert.deepEqual([answer.status, answer.body.toString(), events], [200, '{}', ['sending', 'answer']]);
  });

  it('gives an answer up that is longer than was asked for', async (t) => {
    const { agent, port } = await serve(t);
    const { options } = watch(never, 1);
    await assert.rejects(
      exchange(agent, { ...options, origin: `http://127.0.0.1:${port}` }),
      AnswerTooLargeError,
    );
  });
});
