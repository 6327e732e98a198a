import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { describe, it } from 'node:test';
import { Agent } from 'undici';
import { startTestProvider } from '../testing/test-provider.ts';
import { exchange } from './exchange.ts';

const watched = (signal: AbortSignal) => {
  const events: string[] = [];
  const on = { onSending: () => events.push('sending'), onAnswer: () => events.push('answer') };
  return { events, options: { method: 'GET', bytesMax: 10, signal, ...on } as const };
};

describe('exchange', () => {
  it('ends at once when its signal fires while connecting, and sends nothing afterwards', async (t) => {
    const provider = await startTestProvider();
    const released = Promise.withResolvers<void>();
    const lookup: LookupFunction = async (_host, _options, callback) => {
      await released.promise;
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    const agent = new Agent({ connections: 1, connect: { lookup } });
    t.after(() => Promise.all([agent.close(), provider.close()]));
    const controller = new AbortController();
    const { events, options } = watched(controller.signal);
    const url = new URL(provider.url.replace('127.0.0.1', 'provider.test'));
    const answer = exchange(agent, { ...options, url });
    controller.abort();
    await assert.rejects(answer, { name: 'AbortError' });

    released.resolve();
    await exchange(agent, { ...watched(new AbortController().signal).options, url });
    assert.deepEqual([events, provider.seen.length], [[], 1]);
  });

  it('does not begin when its signal has fired before', async (t) => {
    const provider = await startTestProvider();
    const agent = new Agent();
    t.after(() => Promise.all([agent.close(), provider.close()]));
    const { events, options } = watched(AbortSignal.abort());
    await assert.rejects(exchange(agent, { ...options, url: new URL(provider.url) }), { name: 'AbortError' });
    assert.deepEqual([events, provider.seen.length], [[], 0]);
  });

  it('tells when it sends and when the answer begins', async (t) => {
    const provider = await startTestProvider();
    const agent = new Agent();
    t.after(() => Promise.all([agent.close(), provider.close()]));
    const { events, options } = watched(new AbortController().signal);
    const answer = await exchange(agent, { ...options, url: new URL(provider.url) });
    assert.deepEqual([answer.status, answer.body.toString(), events], [200, '{}', ['sending', 'answer']]);
  });
});
