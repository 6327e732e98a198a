import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEgressGuard, type EgressGuard } from '@4runr/egress-guard';
import { type Canary, startCanary } from '@4runr/egress-guard/testing';
import { createWebhookSender } from '../../src/webhooks/send-webhook.ts';
import { createWebhookRules } from '../../src/webhooks/webhook-rules.ts';
import { createWebhookSigner } from '../../src/webhooks/webhook-signer.ts';
import { startReceiver, type WebhookReceiver } from '../fixtures/webhook-receiver.ts';

describe('a message that a job has ended', () => {
  let receiver: WebhookReceiver;
  let elsewhere: Canary;
  let guard: EgressGuard;
  before(async () => {
    receiver = await startReceiver();
    elsewhere = await startCanary();
    guard = createEgressGuard({ ports: [443], allowHosts: [receiver.host] });
  });
  after(() => Promise.all([guard.close(), receiver.close(), elsewhere.close()]));

  /** @param hosts what an operator has allowed beside the receiver */
  function send(url = receiver.url, { hosts = [] as string[], answerWithinMs = 5_000 } = {}) {
    const rules = createWebhookRules({ hosts, privateHosts: [receiver.host] });
    const signer = createWebhookSigner([Buffer.alloc(32, 1)]);
    const job = {
      id: 'job_6f6a7dd0-5c0b-4c3c-9a58-0b8f3f1d7a10',
      status: 'failed' as const,
      createdAt: new Date(),
    };
    return createWebhookSender({ guard, rules, signer, answerWithinMs })(
      { url, job, traceParent: undefined },
      { endedAt: new Date(), signal: new AbortController().signal },
    );
  }

  it('goes to no other place than the one that was asked for: redirects are failures', async () => {
    for (const status of [301, 302, 307, 308]) {
      receiver.play((response) =>
        response.writeHead(status, { location: `http://127.0.0.1:${elsewhere.port}/` }).end(),
      );
      assert.deepEqual(await send(), { kind: 'failed', status });
    }
    assert.equal(elsewhere.connections(), 0);
  });

  it('goes to no private address, whatever an operator has allowed by name', async () => {
    const connections = elsewhere.connections();
    const delivery = await send('https://127.0.0.1/', { hosts: ['127.0.0.1'] });
    assert.equal(delivery.kind, 'failed');
    assert.match(String('error' in delivery && delivery.error), /ForbiddenTargetError/);
    assert.equal(elsewhere.connections(), connections);
  });

  it('goes to no host that is not allowed any more', async () => {
    assert.equal((await send('https://hooks.company.com/')).kind, 'refused');
  });

  it('is waited for no longer than it may take, by a receiver that does not answer', async () => {
    receiver.play(() => {});
    const delivery = await send(receiver.url, { answerWithinMs: 200 });
    assert.equal(delivery.kind, 'failed');
    assert.match(String('error' in delivery && delivery.error), /TimeoutError/);
  });

  it('has been told when the head of the answer says so, however long the answer is', async () => {
    const closed = Promise.withResolvers<void>();
    receiver.play((response) => {
      response.writeHead(200);
      const writing = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
      response.on('close', () => {
        clearInterval(writing);
        closed.resolve();
      });
    });
    assert.deepEqual(await send(), { kind: 'delivered', status: 200 });
    await closed.promise;
  });

  it('is not worth another try where the receiver is gone for good', async () => {
    receiver.play((response) => void response.writeHead(410).end());
    assert.deepEqual(await send(), { kind: 'refused', status: 410 });
  });
});
