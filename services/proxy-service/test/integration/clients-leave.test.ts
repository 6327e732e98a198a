import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { adapterResponseExample } from '@4runr/contracts/call';
import { eventually } from '../fixtures/eventually.ts';
import { mailManifest, webManifest } from '../fixtures/manifests.ts';
import { answer, type Script } from '../fixtures/peer.ts';
import { adapterOf, allowAll, anEffect, aRead } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const proxy = withRunningProxy();

/** Sends a call over a connection of its own, which the test may break. */
async function startCall({ path, params }: typeof aRead, sent = (body: string) => body): Promise<Socket> {
  const { hostname, port } = new URL(proxy.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const body = JSON.stringify(params);
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: gateway.test',
    `Authorization: ${await proxy.bearer()}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${sent(body)}`);
  return socket;
}

/** A script that takes note of what arrives, and answers when the test says so. */
function onDemand(reply: Script) {
  const arrived = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<'answered' | 'given up'>();
  const go = Promise.withResolvers<void>();
  const script: Script = (received, response) => {
    response.once('close', () => ended.resolve(response.writableFinished ? 'answered' : 'given up'));
    arrived.resolve();
    void go.promise.then(() => reply(received, response));
  };
  return { script, arrived: arrived.promise, ended: ended.promise, go: () => go.resolve() };
}

const succeed: Script = (_received, response) => answer(response, adapterResponseExample);
const counted = (labels: string) => proxy.metric('gateway_requests_total', labels);

/** Counts of 499 grow by one, and of nothing else, by what the test does. */
async function assertRecordedAs499(tool: string, leave: () => Promise<void>): Promise<void> {
  const labels = `tool="${tool}"`;
  const [all, gone] = [
    await counted(labels),
    await counted(`${labels},action="${actionOf(tool)}",code="499"`),
  ];
  await leave();
  await eventually(async () => (await counted(labels)) === all + 1);
  assert.equal(await counted(`${labels},action="${actionOf(tool)}",code="499"`), gone + 1);
}
const actionOf = (tool: string) => (tool === 'web' ? 'fetch' : 'send');

describe('a client that leaves', () => {
  it('while its body comes in: recorded as 499, and policy is not asked', async () => {
    await assertRecordedAs499('web', async () => {
      const socket = await startCall(aRead, (body) => body.slice(0, 5));
      await eventually(async () => (await proxy.metric('gateway_token_validations_total')) > 0);
      socket.destroy();
    });
    assert.deepEqual(proxy.neighbours.policy.received, []);
  });

  it('while policy is asked: recorded as 499, and nothing is begun, be it a read or an effect', async () => {
    for (const [tool, aCall] of [
      ['web', aRead],
      ['mail', anEffect],
    ] as const) {
      const policy = onDemand(allowAll);
      proxy.neighbours.policy.play(policy.script);
      await assertRecordedAs499(tool, async () => {
        const socket = await startCall(aCall);
        await policy.arrived;
        await leave(socket);
        policy.go();
      });
      const { received } = proxy.neighbours[tool];
      assert.deepEqual(
        received.filter(({ method }) => method === 'POST'),
        [],
      );
    }
  });

  it('while a read runs: recorded as 499, and the adapter sees it end', async () => {
    const adapter = onDemand(succeed);
    proxy.neighbours.web.play(adapterOf(webManifest, adapter.script));
    await assertRecordedAs499('web', async () => {
      const socket = await startCall(aRead);
      await adapter.arrived;
      await leave(socket);
    });
    assert.equal(await adapter.ended, 'given up');
  });

  it('while an effect runs: carried through, since half of it may have happened, and recorded as 499', async () => {
    const adapter = onDemand(succeed);
    proxy.neighbours.mail.play(adapterOf(mailManifest, adapter.script));
    await assertRecordedAs499('mail', async () => {
      const socket = await startCall(anEffect);
      await adapter.arrived;
      await leave(socket);
      adapter.go();
    });
    assert.equal(await adapter.ended, 'answered');
  });

  it('does no harm to the calls of others', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => startCall(aRead)));
    for (const socket of sockets) socket.destroy();
    assert.equal((await proxy.call()).status, 200);
  });
});

/** Breaks the connection, and waits until the proxy has seen it. */
async function leave(socket: Socket): Promise<void> {
  socket.resetAndDestroy();
  await once(socket, 'close');
  // A request that is made after the reset is answered after it was seen.
  await proxy.metric('gateway_build_info');
}
