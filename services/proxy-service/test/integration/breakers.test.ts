import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { adapterResponseExample } from '@4runr/contracts/call';
import { type ProblemCode, toProblem } from '@4runr/contracts/problem';
import { problemIn } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { mailManifest, webManifest } from '../fixtures/manifests.ts';
import { answer, refuse, type Script } from '../fixtures/peer.ts';
import { adapterOf, anEffect } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const failing =
  (code: ProblemCode, upstreamStatus: number): Script =>
  (_received, response) =>
    refuse(response, toProblem(code, { extensions: { dispatched: 'yes', upstreamStatus } }));
const fail = failing('upstream.failed', 500);
const succeed: Script = (_received, response) => answer(response, adapterResponseExample);

describe('a tool whose provider fails', () => {
  const proxy = withRunningProxy();
  const effect = () => proxy.call({ path: anEffect.path, body: JSON.stringify(anEffect.params) });
  const play = (act: Script) => proxy.neighbours.mail.play(adapterOf(mailManifest, act));
  const state = () => proxy.metric('gateway_breaker_state', 'tool="mail"');
  const arrived = () => proxy.neighbours.mail.received.filter(({ method }) => method === 'POST').length;

  it('is not asked any more after ten failures, answers at once, and is asked again when it works', async () => {
    play(fail);
    assert.equal(await state(), 0);
    for (let time = 0; time < 10; time += 1) assert.equal(problemIn(await effect()).code, 'upstream.failed');
    const refused = await effect();
    assert.deepEqual([problemIn(refused).code, problemIn(refused).dispatched], ['breaker.open', 'no']);
    assert.match(String(refused.headers['retry-after']), /^[123]$/);
    assert.equal(arrived(), 10);
    assert.equal(await state(), 2);
    assert.equal(await proxy.metric('gateway_breaker_fastfail_total', 'tool="mail"'), 1);
    assert.equal((await proxy.call()).status, 200, 'another tool is untouched');
    play(succeed);
    await eventually(async () => (await effect()).status === 200, 4_000);
    assert.equal(await state(), 0);
    const moves = ['from="closed",to="open"', 'from="open",to="half_open"', 'from="half_open",to="closed"'];
    for (const move of moves)
      assert.equal(await proxy.metric('gateway_breaker_transitions_total', `tool="mail",${move}`), 1, move);
  });

  it('is asked as ever when it refuses what clients ask, or asks for patience', async () => {
    for (const script of [failing('upstream.rejected', 400), failing('upstream.failed', 429)]) {
      play(script);
      for (let time = 0; time < 25; time += 1)
        assert.notEqual(problemIn(await effect()).code, 'breaker.open');
    }
  });
});

describe('a tool that speaks to many hosts', () => {
  const proxy = withRunningProxy();
  const ask = (host: string) => proxy.call({ body: JSON.stringify({ url: `https://${host}/` }) });

  it('is asked for the others while one is dead', async () => {
    const script: Script = (received, response) =>
      (JSON.stringify(received.body).includes('dead.test') ? fail : succeed)(received, response);
    proxy.neighbours.web.play(adapterOf(webManifest, script));
    const untilDead = async () => problemIn(await ask('dead.test')).code === 'breaker.open';
    await eventually(untilDead);
    for (let time = 0; time < 30; time += 1) assert.equal((await ask('alive.test')).status, 200);
    assert.equal(await proxy.metric('gateway_breaker_state', 'tool="web"'), 2);
  });

  it('is not asked for any host while its adapter does not answer, and for all of them when it does', async () => {
    proxy.neighbours.web.play(adapterOf(webManifest, (_received, response) => response.destroy()));
    let number = 0;
    const askAnother = () => ask(`host-${number++}.test`);
    await eventually(async () => problemIn(await askAnother()).code === 'breaker.open');
    proxy.neighbours.web.play(adapterOf(webManifest, succeed));
    await eventually(async () => (await ask('host-0.test')).status === 200, 4_000);
    for (let host = 0; host < number; host += 1) assert.equal((await ask(`host-${host}.test`)).status, 200);
  });
});

describe('with FF_BREAKERS=off', () => {
  const proxy = withRunningProxy({ FF_BREAKERS: 'off', FF_RETRY: 'off' });

  it('a provider is asked however much it fails', async () => {
    proxy.neighbours.web.play(adapterOf(webManifest, fail));
    for (let time = 0; time < 30; time += 1)
      assert.equal(problemIn(await proxy.call()).code, 'upstream.failed');
  });
});

describe('a tool that may have two attempts under way', () => {
  const proxy = withRunningProxy({ ATTEMPTS_IN_FLIGHT_OF_TOOL: '2' });
  const held = Promise.withResolvers<void>();
  after(() => held.resolve());

  it('turns further ones away at once, without asking its provider, and leaves others alone', async () => {
    proxy.neighbours.web.play(
      adapterOf(
        webManifest,
        (received, response) => void held.promise.then(() => succeed(received, response)),
      ),
    );
    const arrived = () => proxy.neighbours.web.received.filter(({ method }) => method === 'POST').length;
    const under = [proxy.call(), proxy.call()];
    await eventually(() => arrived() === 2);
    const shed = problemIn(await proxy.call());
    assert.deepEqual([shed.code, shed.dispatched], ['overload.shed', 'no']);
    const effect = await proxy.call({ path: anEffect.path, body: JSON.stringify(anEffect.params) });
    assert.equal(effect.status, 200);
    held.resolve();
    assert.deepEqual(
      (await Promise.all(under)).map(({ status }) => status),
      [200, 200],
    );
    assert.equal((await proxy.call()).status, 200);
  });
});
