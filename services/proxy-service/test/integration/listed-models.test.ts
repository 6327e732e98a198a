import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { chatCostExample } from '@4runr/contracts/cost';
import {
  allowedResponseExample,
  deniedResponseExample,
  type EvaluationRequest,
  evaluationRequestSchema,
  evaluationsRequestSchema,
  questionsOf,
} from '@4runr/contracts/decision';
import type { Manifest } from '@4runr/contracts/manifest';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createTestMesh } from '@4runr/service-kit/testing';
import { send } from '../fixtures/calling.ts';
import { chatManifest } from '../fixtures/manifests.ts';
import { answer, type Peer, type Script, startPeer } from '../fixtures/peer.ts';
import { adapterOf, type Neighbours, startNeighbours, startProxy } from '../fixtures/proxy-under-test.ts';
import type { Claims } from '../fixtures/token-issuer.ts';

const perMillion = { 'gpt-4o-mini': { input: 1, output: 1 }, 'gpt-5': { input: 1, output: 1 } };
const { chat } = chatManifest.actions;
assert.ok(chat && chatCostExample.tokens);
const cost = { tokens: { ...chatCostExample.tokens, prices: { param: 'model', perMillion } } };
const priced: Manifest = { ...chatManifest, actions: { chat: { ...chat, cost } } };

let neighbours: Neighbours;
let openai: Peer;
let proxy: RunningService;
before(async () => {
  neighbours = await startNeighbours();
  openai = await startPeer(adapterOf(priced));
  proxy = await startProxy(neighbours, {
    ADAPTERS: `openai=${openai.url}`,
    MESH_KEYS: createTestMesh().meshKeys(
      ['proxy-service', 'policy-service'],
      ['proxy-service', 'adapter-openai'],
    ),
  });
});
after(async () => {
  await proxy.stop();
  await Promise.all([neighbours.close(), openai.close()]);
});
let asked: EvaluationRequest[] = [];
beforeEach(() => {
  neighbours.reset();
  asked = [];
});

const allowing =
  (...models: readonly string[]): Script =>
  ({ body }, response) => {
    asked = questionsOf(evaluationsRequestSchema.parse(body)).map((each) =>
      evaluationRequestSchema.parse(each),
    );
    const evaluations = asked.map(({ context }) =>
      models.includes(context.facts.model[0] ?? '') ? allowedResponseExample : deniedResponseExample,
    );
    answer(response, { evaluations });
  };

async function list(claims: Claims = {}) {
  const authorization = `Bearer ${await neighbours.issuer.token(claims)}`;
  const answered = await send(proxy.url, {
    method: 'GET',
    path: '/openai/v1/models',
    headers: { authorization },
  });
  return { ...answered, body: JSON.parse(answered.text) };
}

describe('the list of models in OpenAI’s form', () => {
  it('holds those with a price that policy allows, asked at once, without taking anything', async () => {
    neighbours.policy.play(allowing('gpt-4o-mini'));
    const { status, body, headers } = await list();
    const model = { id: 'gpt-4o-mini', object: 'model', created: 0, owned_by: 'openai' };
    assert.deepEqual([status, body], [200, { object: 'list', data: [model] }]);
    assert.equal(headers['x-request-id'], headers['x-correlation-id']);
    assert.equal(headers['cache-control'], 'no-store');
    assert.deepEqual(
      asked.map(({ action, context: { params, dryRun } }) => [action.name, params, dryRun]),
      [
        ['openai:chat', { model: 'gpt-4o-mini' }, true],
        ['openai:chat', { model: 'gpt-5' }, true],
      ],
    );
  });

  it('is empty, and policy is not asked, where the token does not carry the scope', async () => {
    neighbours.policy.play(() => assert.fail('policy was asked'));
    assert.deepEqual((await list({ scope: 'serpapi:*' })).body, { object: 'list', data: [] });
  });

  it('is not guessed when policy cannot be asked, and says so in OpenAI’s form', async () => {
    neighbours.policy.play((_received, response) => response.destroy());
    const { status, body } = await list();
    assert.deepEqual([status, body.error.code, body.error.type], [503, 'policy.unavailable', 'server_error']);
  });

  it('is for authenticated agents alone', async () => {
    const answered = await send(proxy.url, { method: 'GET', path: '/openai/v1/models' });
    assert.deepEqual([answered.status, JSON.parse(answered.text).error.code], [401, 'token.missing']);
  });
});
