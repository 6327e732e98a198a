import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type FaultySimulator, startFaultySimulator } from '../fixtures/faulty-simulator.ts';
import { chatRequest, pageRequest, providerRequests } from '../fixtures/provider-requests.ts';
import { exchangeRaw, type RawAnswer } from '../fixtures/raw-exchange.ts';
import { tlsSettings } from '../fixtures/tls-identity.ts';

let simulator: FaultySimulator;
let tlsPort: number;
before(async () => {
  const tls = await tlsSettings();
  tlsPort = Number(tls.TLS_PORT);
  simulator = await startFaultySimulator(tls);
});
after(() => simulator.stop());

const send = (request: string, tls = false) =>
  exchangeRaw(tls ? tlsPort : simulator.service.port, request, tls);

/** How each provider says that it fails, and that it limits. */
const forms: Readonly<Record<string, { failure: RegExp; limit: RegExp }>> = {
  serpapi: { failure: /^\{"error":"We couldn't get/, limit: /^\{"error":"Your account has run out/ },
  openai: { failure: /"type":"server_error"/, limit: /"code":"rate_limit_exceeded"/ },
  gmail_send: { failure: /"reason":"backendError"/, limit: /"status":"RESOURCE_EXHAUSTED"/ },
  http_fetch: { failure: /^<!doctype html>.*Internal Server Error/s, limit: /<h1>Too Many Requests</ },
};

function assertUnreadable({ headers, body }: RawAnswer): void {
  if (headers.get('content-encoding') === 'gzip') assert.throws(() => gunzipSync(body));
  else assert.throws(() => JSON.parse(body.toString('utf8')), SyntaxError);
}

for (const [tool, requestOf] of Object.entries(providerRequests)) {
  describe(`a request to the provider of ${tool}`, () => {
    const hit = async (fault: Parameters<FaultySimulator['setFault']>[1]) => {
      await simulator.setFault(tool, fault);
      return send(await requestOf(simulator));
    };

    it('is accepted and never answered by timeout', async () => {
      const { bytes, ended, tookMs } = await hit({ mode: 'timeout', rate: 1, latencyMs: 30 });
      assert.deepEqual([bytes.length, ended], [0, 'in order']);
      assert.ok(tookMs >= 29, `held for ${tookMs} ms`);
    });

    it('is refused in the provider’s own form by error', async () => {
      const byDefault = await hit({ mode: 'error', rate: 1 });
      assert.equal(byDefault.status, 500);
      assert.match(byDefault.body.toString(), forms[tool]?.failure ?? assert.fail());
      assert.equal((await hit({ mode: 'error', rate: 1, status: 418 })).status, 418);
    });

    it('is answered as ever, but later, by latency', async () => {
      const { status, tookMs } = await hit({ mode: 'latency', rate: 1, latencyMs: 40 });
      assert.equal(status, 200);
      assert.ok(tookMs >= 39, `answered after ${tookMs} ms`);
    });

    it('loses its connection to a TCP reset, not an end in order, by reset', async () => {
      const { bytes, ended } = await hit({ mode: 'reset', rate: 1 });
      assert.deepEqual([bytes.length, ended], [0, 'reset']);
    });

    it('gets half of the body that was announced by truncate', async () => {
      const { status, headers, body, ended } = await hit({ mode: 'truncate', rate: 1 });
      const announced = Number(headers.get('content-length'));
      assert.deepEqual([status, ended, body.length], [200, 'in order', Math.floor(announced / 2)]);
      assert.ok(body.length > 0);
    });

    it('gets a success that cannot be read by malformed', async () => {
      const answer = await hit({ mode: 'malformed', rate: 1 });
      assert.deepEqual([answer.status, answer.ended], [200, 'in order']);
      assert.equal(answer.body.length, Number(answer.headers.get('content-length')));
      assertUnreadable(answer);
    });

    it('is told to come again later by rate_limit', async () => {
      const { status, headers, body } = await hit({ mode: 'rate_limit', rate: 1 });
      assert.deepEqual([status, headers.get('retry-after')], [429, '1']);
      assert.match(body.toString(), forms[tool]?.limit ?? assert.fail());
      assert.equal((await hit({ mode: 'rate_limit', rate: 1, status: 503 })).headers.get('retry-after'), '1');
    });

    it('is answered as ever once the fault is taken back', async () => {
      await hit({ mode: 'error', rate: 1 });
      await simulator.askForFaults(`/${tool}`, { method: 'DELETE' });
      assert.equal((await send(await requestOf(simulator))).status, 200);
    });
  });
}

describe('the small web over TLS', () => {
  const hit = async (fault: Parameters<FaultySimulator['setFault']>[1]) => {
    await simulator.setFault('http_fetch', fault);
    return send(pageRequest('GET', '/'), true);
  };

  it('is hit as well, resets included', async () => {
    assert.deepEqual((await hit({ mode: 'reset', rate: 1 })).ended, 'reset');
    const { headers, body, ended } = await hit({ mode: 'truncate', rate: 1 });
    assert.deepEqual(
      [ended, body.length],
      ['in order', Math.floor(Number(headers.get('content-length')) / 2)],
    );
    assert.equal((await hit({ mode: 'rate_limit', rate: 1 })).status, 429);
  });
});

describe('a stream', () => {
  it('announces no length, and breaks off within a chunk of its coding by truncate', async () => {
    const request = chatRequest({ stream: true });
    const whole = await send(request);
    await simulator.setFault('openai', { mode: 'truncate', rate: 1 });
    const { status, headers, body, ended } = await send(request);
    assert.deepEqual(
      [status, headers.get('content-length'), headers.get('transfer-encoding'), ended],
      [200, undefined, 'chunked', 'in order'],
    );
    assert.match(body.toString(), /data: \{/);
    assert.doesNotMatch(body.toString(), /\r\n0\r\n\r\n$/, 'the coding has no end');
    assert.match(whole.body.toString(), /\r\n0\r\n\r\n$/);
  });
});

describe('an answer without a body', () => {
  for (const [what, request] of [
    ['to HEAD', pageRequest('HEAD', '/')],
    ['that redirects', pageRequest('GET', '/moved')],
  ] as const) {
    it(`${what} breaks off within its head by truncate`, async () => {
      await simulator.setFault('http_fetch', { mode: 'truncate', rate: 1 });
      const { bytes, ended } = await send(request);
      assert.equal(ended, 'in order');
      assert.ok(bytes.length > 0 && !bytes.includes('\r\n\r\n'), bytes.toString());
    });
  }

  it('to HEAD has a head that cannot be read by malformed', async () => {
    await simulator.setFault('http_fetch', { mode: 'malformed', rate: 1 });
    const { bytes } = await send(pageRequest('HEAD', '/'));
    assert.match(bytes.toString(), /\r\nContent-Type text\r\n\r\n$/);
  });

  it('that redirects becomes a page that cannot be read by malformed', async () => {
    await simulator.setFault('http_fetch', { mode: 'malformed', rate: 1 });
    const answer = await send(pageRequest('GET', '/moved'));
    assert.deepEqual([answer.status, answer.headers.get('location')], [200, undefined]);
    assertUnreadable(answer);
  });
});

describe('a fault', () => {
  const mail = providerRequests.gmail_send ?? assert.fail();

  it('of the request keeps the provider from acting on it, one of the answer does not', async () => {
    const sentBy = async (mode: 'error' | 'reset' | 'truncate' | 'malformed') => {
      const { received } = await simulator.mailbox();
      await simulator.setFault('gmail_send', { mode, rate: 1 });
      await send(await mail(simulator));
      return (await simulator.mailbox()).received - received;
    };
    for (const mode of ['error', 'reset'] as const) assert.equal(await sentBy(mode), 0, mode);
    for (const mode of ['truncate', 'malformed'] as const) assert.equal(await sentBy(mode), 1, mode);
  });

  it('of gmail_send spares the token endpoint, whatever the adapter holds', async () => {
    await simulator.setFault('gmail_send', { mode: 'error', rate: 1 });
    assert.match(await simulator.accessToken(), /^ya29\./);
  });

  it('of one tool leaves the others alone', async () => {
    await simulator.setFault('serpapi', { mode: 'error', rate: 1 });
    await simulator.askForFaults('/openai', { method: 'DELETE' });
    assert.equal((await send(await (providerRequests.openai ?? assert.fail())(simulator))).status, 200);
  });

  it('is counted by its mode, beside what arrived and what was answered', async () => {
    const route = 'GET /search.json';
    const countOf = async () =>
      (await simulator.counts()).find((count) => count.route === route) ?? assert.fail();
    const request = await (providerRequests.serpapi ?? assert.fail())(simulator);
    const before = await countOf();
    await simulator.setFault('serpapi', { mode: 'rate_limit', rate: 1 });
    await send(request);
    await simulator.setFault('serpapi', { mode: 'reset', rate: 1 });
    await send(request);
    await simulator.askForFaults('/serpapi', { method: 'DELETE' });
    await send(request);
    const { received, statuses, faults } = await countOf();
    const added = (now: number | undefined, then = 0) => (now ?? 0) - then;
    assert.equal(received - before.received, 3);
    assert.equal(added(faults.rate_limit, before.faults.rate_limit), 1);
    assert.equal(added(faults.reset, before.faults.reset), 1);
    assert.equal(added(statuses['429'], before.statuses['429']), 1);
    assert.equal(added(statuses['200'], before.statuses['200']), 1);
    const answers = (all: Readonly<Record<string, number>>) =>
      Object.values(all).reduce((sum, count) => sum + count, 0);
    assert.equal(answers(statuses) - answers(before.statuses), 2, 'what was broken off has no status');
  });

  it('that holds a request lets go of it when its client gives up', async () => {
    await simulator.setFault('serpapi', { mode: 'timeout', rate: 1 });
    const leftOf = async () =>
      (await simulator.counts()).find(({ route }) => route === 'GET /search.json')?.statuses['499'] ?? 0;
    const [held, left] = [await simulator.faultsOf('timeout'), await leftOf()];
    const socket = connect(simulator.service.port, '127.0.0.1');
    socket.write(await (providerRequests.serpapi ?? assert.fail())(simulator));
    while ((await simulator.faultsOf('timeout')) === held) await new Promise(setImmediate);
    socket.destroy();
    await once(socket, 'close');
    while ((await leftOf()) === left) await new Promise(setImmediate);
  });

  it('takes in a body that nobody will read, so that its client can finish sending', async () => {
    await simulator.setFault('gmail_send', { mode: 'reset', rate: 1 });
    const body = 'x'.repeat(4_000_000);
    const head = `POST /gmail/v1/users/me/messages/send HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
    assert.equal((await send(head + body)).ended, 'reset');
  });
});
