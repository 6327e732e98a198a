import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { adapterResponseExample } from '@4runr/contracts/call';
import { headers } from '@4runr/contracts/headers';
import { toProblem } from '@4runr/contracts/problem';
import { problemIn, send } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { mailManifest, webManifest } from '../fixtures/manifests.ts';
import { answer, refuse, type Script } from '../fixtures/peer.ts';
import { adapterOf, anEffect, aRead } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const proxy = withRunningProxy({ CALL_WAIT_SECONDS_MAX: '7' });
const { call } = proxy;

/** Calls that succeed at once are what retries are allowed for. */
beforeEach(async () => {
  await Promise.all(Array.from({ length: 10 }, () => call()));
  proxy.neighbours.reset();
});

const upstreamMs = 0.25;
const upstream = `upstream;dur=${upstreamMs}`;
const fail: Script = (_received, response) =>
  refuse(response, toProblem('upstream.failed', { extensions: { dispatched: 'yes', upstreamStatus: 500 } }), {
    'server-timing': upstream,
  });
const succeed: Script = (_received, response) =>
  answer(response, adapterResponseExample, { 'server-timing': upstream });

/** Each attempt in turn; the last is played again and again. */
const inTurn = (...scripts: readonly Script[]): Script => {
  let attempt = 0;
  return (received, response) => scripts[Math.min(attempt++, scripts.length - 1)]?.(received, response);
};
const attempts = () => proxy.neighbours.web.received.filter(({ method }) => method === 'POST');
const play = (...scripts: readonly Script[]) =>
  proxy.neighbours.web.play(adapterOf(webManifest, inTurn(...scripts)));
const prefer = (wait: string) => call({ headers: { prefer: wait } });

describe('a read whose provider fails', () => {
  it('is tried again, and says how often', async () => {
    play(fail, succeed);
    const before = await proxy.metric('gateway_retries_total', 'tool="web",action="fetch"');
    const answered = await call();
    assert.equal(answered.status, 200);
    assert.equal(JSON.parse(answered.text).meta.attempts, 2);
    assert.equal(attempts().length, 2);
    assert.equal((await proxy.metric('gateway_retries_total')) - before, 1);
  });

  it('costs the gateway neither its provider’s time nor the pauses, over all attempts', async () => {
    play(fail, fail, succeed);
    const names = ['gateway_request_duration_ms_sum', 'gateway_overhead_duration_ms_sum'] as const;
    const read = () => Promise.all(names.map((name) => proxy.metric(name)));
    const [durationBefore = 0, overheadBefore = 0] = await read();
    const timing = String((await call()).headers['server-timing']);
    const [duration = 0, overhead = 0] = await read();
    const pausedMs = Number(/backoff;dur=([\d.]+)/.exec(timing)?.[1]);
    const others = duration - durationBefore - (overhead - overheadBefore);
    assert.ok(Math.abs(others - 3 * upstreamMs - pausedMs) < 0.1, `${others} ${timing}`);
  });

  it('is given up when its client leaves during a pause', async () => {
    play((_received, response) =>
      refuse(
        response,
        toProblem('upstream.failed', { extensions: { dispatched: 'yes', upstreamStatus: 429 } }),
        { 'retry-after': '5' },
      ),
    );
    const abandoned = await proxy.metric('gateway_requests_total', 'code="499"');
    const leaving = new AbortController();
    const asked = fetch(`${proxy.url}${aRead.path}`, {
      method: 'POST',
      headers: { authorization: await proxy.bearer(), 'content-type': 'application/json' },
      body: JSON.stringify(aRead.params),
      signal: leaving.signal,
    });
    await eventually(() => attempts().length === 1 && proxy.neighbours.web.open() === 0);
    leaving.abort();
    await assert.rejects(asked);
    await eventually(async () => (await proxy.metric('gateway_requests_total', 'code="499"')) > abandoned);
    assert.equal(attempts().length, 1);
  });
});

it('an effect is sent once', async () => {
  proxy.neighbours.mail.play(adapterOf(mailManifest, fail));
  const answered = await call({ path: anEffect.path, body: JSON.stringify(anEffect.params) });
  assert.equal(problemIn(answered).code, 'upstream.failed');
  assert.equal(proxy.neighbours.mail.received.filter(({ method }) => method === 'POST').length, 1);
});

describe('the time that a caller gives', () => {
  const limits = () => attempts().map((attempt) => Number(attempt.headers[headers.timeLimit.toLowerCase()]));

  it('is left to each attempt, as far as the manifest allows as much', async () => {
    play(fail, succeed);
    await prefer('wait=5');
    assert.deepEqual(limits(), [500, 500]);
  });

  it('ends a call whose provider does not answer, and what is left of it after an attempt is less', async () => {
    play(fail, () => undefined);
    const startedAt = performance.now();
    const answered = await prefer('wait=1');
    assert.equal(problemIn(answered).code, 'upstream.timeout');
    assert.equal(problemIn(answered).dispatched, 'yes');
    assert.ok(
      performance.now() - startedAt < 2_500,
      'no longer than that, and what an adapter has to say so',
    );
    assert.ok(limits().length >= 2);
  });

  it('is told as far as it is honoured', async () => {
    const applied = async (wait: string) =>
      (await prefer(wait)).headers[headers.preferenceApplied.toLowerCase()];
    assert.equal(await applied('wait=5'), 'wait=5');
    assert.equal(await applied('respond-later, wait=3600'), 'wait=7');
    for (const malformed of ['wait', 'wait=-1', 'wait=soon', 'wait=1.5'])
      assert.equal(await applied(malformed), undefined);
  });

  it('is over before anything is sent, where there is none', async () => {
    const refused = problemIn(await prefer('wait=0'));
    assert.deepEqual([refused.code, refused.dispatched], ['upstream.timeout', 'no']);
    assert.equal(attempts().length, 0);
  });

  it('goes for effects too, whose end is not known then', async () => {
    proxy.neighbours.mail.play(adapterOf(mailManifest, () => undefined));
    const answered = await send(proxy.url, {
      path: anEffect.path,
      headers: {
        authorization: await proxy.bearer(),
        'content-type': 'application/json',
        prefer: 'wait=0',
      },
      body: JSON.stringify(anEffect.params),
    });
    assert.equal(problemIn(answered).dispatched, 'no');
    const unknown = await call({
      path: anEffect.path,
      headers: { prefer: 'wait=1' },
      body: JSON.stringify(anEffect.params),
    });
    assert.equal(problemIn(unknown).code, 'upstream.outcome_unknown');
  });
});
