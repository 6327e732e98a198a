import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { adapterResponseExample } from '@4runr/contracts/call';
import { type Answered, problemIn } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { mailManifest, webManifest } from '../fixtures/manifests.ts';
import { answer, type Script } from '../fixtures/peer.ts';
import { adapterOf, anEffect } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

/** A script that answers nothing before it is told to. */
function held(): { script: Script; release(): void } {
  const released = Promise.withResolvers<void>();
  const script: Script = (_received, response) =>
    void released.promise.then(() => answer(response, adapterResponseExample));
  return { script, release: released.resolve };
}

function assertShed(answered: Answered): void {
  assert.equal(problemIn(answered).code, 'overload.shed');
  assert.equal(answered.headers['retry-after'], '1');
}

describe('a replica that carries eight calls, and of each agent two at least', () => {
  const proxy = withRunningProxy({ CALLS_IN_FLIGHT_MAX: '8', CALLS_IN_FLIGHT_OF_AGENT: '2' });

  /** Calls of an agent that have reached the adapter, or were refused. */
  async function beginCalls(agent: string, count: number): Promise<Promise<Answered>[]> {
    const authorization = await proxy.bearer({ sub: agent });
    return Array.from({ length: count }, () => proxy.call({ headers: { authorization } }));
  }
  const inFlight = () => proxy.metric('gateway_calls_in_flight');
  const untilInFlight = (count: number) => eventually(async () => (await inFlight()) === count);
  const statusesOf = async (calls: Promise<Answered>[]) =>
    (await Promise.all(calls)).map(({ status }) => status).sort();

  it('turns further ones away before it looks at them, and carries as many again when these have ended', async () => {
    const { script, release } = held();
    proxy.neighbours.web.play(adapterOf(webManifest, script));
    const calls = [];
    for (const agent of ['agt_1', 'agt_2', 'agt_3', 'agt_4']) calls.push(...(await beginCalls(agent, 2)));
    await untilInFlight(8);
    const validations = await proxy.metric('gateway_token_validations_total');
    assertShed(await proxy.call());
    assertShed(await proxy.call({ headers: { authorization: 'Bearer nobody' }, body: 'no JSON' }));
    assert.equal(await proxy.metric('gateway_token_validations_total'), validations);
    release();
    assert.deepEqual(await statusesOf(calls), Array(8).fill(200));
    await untilInFlight(0);
    assert.equal((await proxy.call()).status, 200);
  });

  it('lets one agent use what is idle, but for what others with few calls find free', async () => {
    const { script, release } = held();
    proxy.neighbours.web.play(adapterOf(webManifest, script));
    const busy = await beginCalls('agt_busy', 10);
    const refused = busy.map(async (call) => {
      const answered = await call;
      if (answered.status === 200) return 'carried out';
      assert.equal(answered.headers['retry-after'], '1');
      return problemIn(answered).code;
    });
    await untilInFlight(6);
    const others = [...(await beginCalls('agt_other', 1)), ...(await beginCalls('agt_another', 1))];
    await untilInFlight(8);
    release();
    assert.deepEqual(await statusesOf(others), [200, 200]);
    const outcomes = await Promise.all(refused);
    assert.deepEqual(outcomes.sort(), [...Array(6).fill('carried out'), ...Array(4).fill('rate.limited')]);
    await untilInFlight(0);
  });

  it('has the place of a call again whose client has left, of an effect when it has been carried through', async () => {
    const { script, release } = held();
    proxy.neighbours.web.play(adapterOf(webManifest, script));
    proxy.neighbours.mail.play(adapterOf(mailManifest, script));
    const leave = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: await proxy.bearer() };
    const post = ({ path, params }: typeof anEffect) =>
      fetch(`${proxy.url}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(params),
        signal: leave.signal,
      }).catch(() => {});
    const calls = [
      post(anEffect),
      post({ path: '/v1/tools/web/fetch', params: { url: 'https://example.com/' } }),
    ];
    await eventually(async () => proxy.neighbours.web.open() === 1 && proxy.neighbours.mail.open() === 1);
    leave.abort();
    await Promise.all(calls);
    await untilInFlight(1);
    assert.equal(proxy.neighbours.mail.open(), 1);
    release();
    await untilInFlight(0);
  });
});

describe('a replica whose event loop is late', () => {
  const proxy = withRunningProxy({ EVENT_LOOP_DELAY_MAX_MS: '20' });

  it('turns calls away, and takes them again when it has caught up', async () => {
    let isLate = true;
    const lateness = stayLateWhile(() => isLate);
    await eventually(async () => (await proxy.call()).status !== 200);
    assertShed(await proxy.call());
    isLate = false;
    await lateness;
    await eventually(async () => (await proxy.call()).status === 200);
  });
});

/** Keeps this process, the proxy's too, from ending a turn in less than 60 ms. */
async function stayLateWhile(isLate: () => boolean): Promise<void> {
  while (isLate()) {
    const turnEnds = performance.now() + 60;
    while (performance.now() < turnEnds);
    await turn();
  }
}
