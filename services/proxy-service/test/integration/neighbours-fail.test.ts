import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapterResponseExample, adapterServerTimingExample } from '@4runr/contracts/call';
import { allowedResponseExample } from '@4runr/contracts/decision';
import { toProblem } from '@4runr/contracts/problem';
import { problemIn } from '../fixtures/calling.ts';
import { mailManifest, webManifest } from '../fixtures/manifests.ts';
import { answer, refuse, type Script } from '../fixtures/peer.ts';
import { adapterOf, anEffect } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

/** What comes of one attempt, whatever came of others. */
const proxy = withRunningProxy({ FF_RETRY: 'off', FF_BREAKERS: 'off' });
const { call } = proxy;
const callEffect = () => call({ path: anEffect.path, body: JSON.stringify(anEffect.params) });

const json = { 'content-type': 'application/json' };
const hang: Script = () => undefined;
const cut: Script = (_received, response) => response.destroy();
const cutMidway: Script = (_received, response) => {
  response.writeHead(200, { ...json, 'content-length': '1000' });
  response.write('{"result": ', () => response.destroy());
};
const garbage: Script = (_received, response) => void response.writeHead(200, json).end('{"result": ');
const saying =
  (status: number, body: string, type = 'application/json'): Script =>
  (_received, response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);
const whole = (example: unknown) => JSON.stringify(example);
const { permit: _permit, ...withoutPermit } = allowedResponseExample.context;

describe('without a decision there is no call:', () => {
  const scripts: Readonly<Record<string, Script>> = {
    'policy-service does not answer': hang,
    'the connection is cut': cut,
    'the connection is cut within the answer': cutMidway,
    'the answer is garbage': garbage,
    'the answer is empty': saying(200, ''),
    'the answer is of another type': saying(200, whole(allowedResponseExample), 'text/html'),
    'the answer is a failure': saying(500, '{}'),
    'the answer is a redirect': saying(302, whole(allowedResponseExample)),
    'the answer is an allowance under another status': saying(202, whole(allowedResponseExample)),
    'our mesh token is refused': saying(401, whole(toProblem('token.invalid')), 'application/problem+json'),
    'the question is refused': saying(400, whole(toProblem('request.invalid')), 'application/problem+json'),
    'the decision is no boolean': saying(200, whole({ ...allowedResponseExample, decision: 'true' })),
    'the decision is missing': saying(200, whole({ context: allowedResponseExample.context })),
    'an allowance comes without a permit': saying(200, whole({ decision: true, context: withoutPermit })),
    'an obligation is one that nobody knows': saying(
      200,
      whole({
        ...allowedResponseExample,
        context: { ...allowedResponseExample.context, obligations: [{ type: 'pray' }] },
      }),
    ),
  };
  for (const [guarantee, script] of Object.entries(scripts)) {
    it(`${guarantee}: 503 policy.unavailable`, async () => {
      proxy.neighbours.policy.play(script);
      const answered = await call();
      assert.equal(problemIn(answered).code, 'policy.unavailable');
      assert.match(String(answered.headers['retry-after']), /^\d+$/);
      assert.match(String(answered.headers['server-timing']), /policy;dur=.+, total;dur=/);
      const carriedOut = proxy.neighbours.web.received.filter(({ method }) => method === 'POST');
      assert.deepEqual(carriedOut, []);
    });
  }

  it('the question is too large for policy-service: the body is too large', async () => {
    proxy.neighbours.policy.play((_received, response) => refuse(response, toProblem('body.too_large')));
    assert.equal(problemIn(await call()).code, 'body.too_large');
  });
});

describe('what comes of an adapter that fails', () => {
  const rows: Readonly<Record<string, [act: Script, read: string, effect: string]>> = {
    'that never answers': [hang, 'upstream.timeout', 'upstream.outcome_unknown'],
    'whose connection is cut': [cut, 'upstream.failed', 'upstream.outcome_unknown'],
    'whose connection is cut within the answer': [cutMidway, 'upstream.failed', 'upstream.outcome_unknown'],
    'that answers garbage': [garbage, 'upstream.failed', 'upstream.outcome_unknown'],
    'that answers nothing': [saying(200, ''), 'upstream.failed', 'upstream.outcome_unknown'],
    'that answers a list': [saying(200, '[]'), 'upstream.failed', 'upstream.outcome_unknown'],
    'that answers without a result': [saying(200, '{}'), 'upstream.failed', 'upstream.outcome_unknown'],
    'that answers in another type': [
      saying(200, whole(adapterResponseExample), 'text/html'),
      'upstream.failed',
      'upstream.outcome_unknown',
    ],
    'that answers what is nested too deep to be told': [
      saying(200, `{"result": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      'upstream.failed',
      'upstream.failed',
    ],
    'that fails in itself': [saying(500, '{}'), 'service.unavailable', 'upstream.outcome_unknown'],
    'that redirects': [saying(307, ''), 'service.unavailable', 'upstream.outcome_unknown'],
    'that refuses in a form of its own': [saying(403, 'no'), 'service.unavailable', 'service.unavailable'],
  };
  for (const [guarantee, [act, read, effect]] of Object.entries(rows)) {
    it(`one ${guarantee}: ${read} for a read, ${effect} for an effect`, async () => {
      proxy.neighbours.web.play(adapterOf(webManifest, act));
      proxy.neighbours.mail.play(adapterOf(mailManifest, act));
      const [ofRead, ofEffect] = await Promise.all([call(), callEffect()]);
      assert.deepEqual([problemIn(ofRead).code, problemIn(ofEffect).code], [read, effect]);
      assert.match(String(ofRead.headers['server-timing']), /adapter;dur=.+, total;dur=/);
    });
  }

  it('an effect is sent once, whatever comes of it', async () => {
    proxy.neighbours.mail.play(adapterOf(mailManifest, cut));
    await callEffect();
    assert.equal(proxy.neighbours.mail.received.filter(({ method }) => method === 'POST').length, 1);
  });

  it('other tools are untouched', async () => {
    proxy.neighbours.mail.play(adapterOf(mailManifest, cut));
    const [broken, whole] = await Promise.all([callEffect(), call()]);
    assert.deepEqual([broken.status, whole.status], [502, 200]);
  });

  it('it is asked once, retries being off', async () => {
    proxy.neighbours.web.play(adapterOf(webManifest, cut));
    await call();
    assert.equal(proxy.neighbours.web.received.filter(({ method }) => method === 'POST').length, 1);
  });

  it('the provider’s time counts as its own also when the call fails', async () => {
    proxy.neighbours.web.play(
      adapterOf(webManifest, (_received, response) =>
        refuse(response, toProblem('upstream.failed', { extensions: { dispatched: 'yes' } }), {
          'server-timing': 'upstream;dur=0.25',
        }),
      ),
    );
    const names = ['gateway_request_duration_ms_sum', 'gateway_overhead_duration_ms_sum'] as const;
    const differ = async () => {
      const [duration = 0, overhead = 0] = await Promise.all(names.map((name) => proxy.metric(name)));
      return duration - overhead;
    };
    const before = await differ();
    await call();
    assert.ok(Math.abs((await differ()) - before - 0.25) < 1e-6);
  });

  for (const timing of ['upstream;dur=1.2.3', 'upstream;dur=NaN', 'upstream;dur=-1', 'upstream', ',,;=']) {
    it(`a Server-Timing that is none does no harm: ${timing}`, async () => {
      proxy.neighbours.web.play(
        adapterOf(webManifest, (_received, response) =>
          answer(response, adapterResponseExample, { 'server-timing': timing }),
        ),
      );
      assert.equal((await call()).status, 200);
    });
  }

  it('an adapter that is slow, but in time, has its answer passed on', async () => {
    const arrived = Promise.withResolvers<() => void>();
    proxy.neighbours.web.play(
      adapterOf(webManifest, (_received, response) => {
        response.writeHead(200, { ...json, 'server-timing': adapterServerTimingExample });
        response.write('{"result": ');
        arrived.resolve(() => response.end('"slow"}'));
      }),
    );
    const answered = call();
    (await arrived.promise)();
    assert.equal(JSON.parse((await answered).text).data, 'slow');
  });
});

describe('a neighbour that is gone', () => {
  it('is 503 for its tool while it is, and no restart is needed when it is back', async () => {
    const { web } = proxy.neighbours;
    await web.pause();
    const refused = problemIn(await call());
    assert.deepEqual([refused.code, refused.dispatched], ['service.unavailable', 'no']);
    assert.equal((await callEffect()).status, 200);
    await web.resume();
    assert.equal((await call()).status, 200);
  });

  it('is 503 policy.unavailable while policy-service is gone, and no longer', async () => {
    const { policy } = proxy.neighbours;
    await policy.pause();
    assert.equal(problemIn(await call()).code, 'policy.unavailable');
    await policy.resume();
    assert.equal((await call()).status, 200);
  });
});
