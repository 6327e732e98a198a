import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  adapterFailureExamples,
  adapterRefusalExamples,
  adapterRequestExample,
  adapterRequestSchema,
  adapterResponseExample,
  adapterServerTimingExample,
  callResponseExample,
  callResponseSchema,
  manifestExample,
  toolListExample,
} from '@4runr/contracts/call';
import { problemIn } from '../fixtures/calling.ts';
import { type ExampleMesh, startExampleMesh } from '../fixtures/example-mesh.ts';
import { answer, refuse, type Script } from '../fixtures/peer.ts';
import { adapterOf } from '../fixtures/proxy-under-test.ts';

let mesh: ExampleMesh;
before(async () => {
  mesh = await startExampleMesh();
});
after(() => mesh.close());
beforeEach(() => mesh.neighbours.reset());
const acting = (act: Script) => mesh.adapter.play(adapterOf(manifestExample, act));

describe('the consumer’s side of the adapters’ contract', () => {
  it('sends a call as the example has it, but for an id of its own', async () => {
    await mesh.search();
    const [arrived] = mesh.carriedOut();
    const { callId, params } = adapterRequestSchema.parse(arrived?.body);
    assert.deepEqual(params, adapterRequestExample.params);
    assert.deepEqual(Object.keys(arrived?.body as object), ['callId', 'params']);
    assert.notEqual(callId, adapterRequestExample.callId);
    assert.deepEqual([arrived?.method, arrived?.path], ['POST', '/actions/search']);
  });

  it('reads the manifest of the example, and shows it as the example of a list', async () => {
    assert.deepEqual(JSON.parse((await mesh.list()).text), toolListExample);
  });

  it('answers with the result of the example as the example of an answer has it', async () => {
    acting((_received, response) =>
      answer(response, adapterResponseExample, { 'server-timing': adapterServerTimingExample }),
    );
    const { text } = await mesh.search();
    const { data, meta } = callResponseSchema.parse(JSON.parse(text));
    assert.deepEqual(JSON.parse(text), { data, meta });
    assert.deepEqual(data, callResponseExample.data);
    const { callId, durationMs, traceId } = meta;
    assert.deepEqual(meta, { ...callResponseExample.meta, callId, durationMs, traceId });
  });

  for (const example of adapterFailureExamples) {
    it(`tells the agent of ${example.code} as the adapter does, but for the provider's own code`, async () => {
      acting((_received, response) => refuse(response, example));
      const { traceId: _traceId, ...problem } = problemIn(await mesh.search());
      const { upstreamCode: _forOperators, ...told } = example;
      assert.deepEqual(problem, told);
    });
  }

  for (const example of adapterRefusalExamples) {
    it(`keeps ${example.code} of the adapter from the agent`, async () => {
      acting((_received, response) => refuse(response, example));
      const answered = await mesh.search();
      assert.equal(problemIn(answered).code, 'service.unavailable');
      assert.equal(answered.headers['www-authenticate'], undefined);
    });
  }
});
