import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toolDescriptionSchema, toolListSchema } from '@4runr/contracts/call';
import {
  allowedResponseExample,
  deniedResponseExample,
  evaluationRequestSchema,
  evaluationsPath,
  evaluationsRequestSchema,
  failedEvaluationsResponseExample,
  questionsOf,
} from '@4runr/contracts/decision';
import { problemIn, send } from '../fixtures/calling.ts';
import { webManifest } from '../fixtures/manifests.ts';
import { answer, type Received, type Script } from '../fixtures/peer.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const proxy = withRunningProxy();

async function get(path: string, claims = {}, headers = {}) {
  const authorization = await proxy.bearer(claims);
  return send(proxy.url, { method: 'GET', path, headers: { authorization, ...headers } });
}

/** The questions of a batch, each as it would be asked by itself. */
const questionsIn = ({ body }: Pick<Received, 'body'>) =>
  questionsOf(evaluationsRequestSchema.parse(body)).map((question) =>
    evaluationRequestSchema.parse(question),
  );

/** policy-service that allows the scopes, and no others. */
const allowing =
  (...scopes: readonly string[]): Script =>
  (received, response) => {
    const evaluations = questionsIn(received).map(({ action }) =>
      scopes.includes(action.name) ? allowedResponseExample : deniedResponseExample,
    );
    answer(response, { evaluations });
  };

async function listed(claims = {}) {
  const { items } = toolListSchema.parse(JSON.parse((await get('/v1/tools', claims)).text));
  return items.flatMap(({ actions }) => actions.map(({ scope }) => scope)).sort();
}

const everything = ['mail:send', 'web:constructor', 'web:fetch'];

describe('the list of tools', () => {
  it('holds every action that policy allows, as its manifest describes it', async () => {
    assert.deepEqual(await listed(), everything);
    const web = toolDescriptionSchema.parse(JSON.parse((await get('/v1/tools/web')).text));
    const fetchAction = web.actions.find(({ name }) => name === 'fetch');
    assert.deepEqual(fetchAction?.params, webManifest.actions.fetch?.params);
  });

  it('is asked for at once, without taking or recording anything', async () => {
    await listed();
    const { received } = proxy.neighbours.policy;
    assert.deepEqual(
      received.map(({ path }) => path),
      [evaluationsPath],
    );
    const asked = received.flatMap(questionsIn);
    assert.deepEqual(asked.map(({ action }) => action.name).sort(), everything);
    assert.ok(asked.every(({ context }) => context.dryRun));
  });

  it('shows no action that policy denies, and no tool without an action', async () => {
    proxy.neighbours.policy.play(allowing('web:fetch'));
    assert.deepEqual(await listed(), ['web:fetch']);
    proxy.neighbours.policy.play(allowing());
    assert.deepEqual(await listed(), []);
  });

  it('shows no action that the token does not carry, and does not ask about it', async () => {
    assert.deepEqual(await listed({ scope: 'mail:* agents:read' }), ['mail:send']);
    const asked = proxy.neighbours.policy.received.flatMap(questionsIn);
    assert.deepEqual(
      asked.map(({ action }) => action.name),
      ['mail:send'],
    );
  });

  it('of a token that carries no action is empty, and policy is not asked', async () => {
    assert.deepEqual(await listed({ scope: 'agents:read' }), []);
    assert.deepEqual(proxy.neighbours.policy.received, []);
  });

  it('is asked about with the intent that the call would have', async () => {
    await get('/v1/tools/mail', {}, { 'agent-intent': 'lead_discovery' });
    const [asked] = proxy.neighbours.policy.received.flatMap(questionsIn);
    assert.equal(asked?.context.intent, 'lead_discovery');
  });

  it('is for this agent alone, and says how long its token lives', async () => {
    const { headers } = await get('/v1/tools');
    assert.equal(headers['cache-control'], 'no-store');
    assert.ok(Number(headers['x-token-expires-in']) > 880);
  });

  it('answers HEAD as GET, without a body', async () => {
    const authorization = await proxy.bearer();
    const answered = await send(proxy.url, { method: 'HEAD', path: '/v1/tools', headers: { authorization } });
    assert.deepEqual([answered.status, answered.text], [200, '']);
  });
});

describe('one tool', () => {
  it('that the agent may not call looks like one that does not exist', async () => {
    proxy.neighbours.policy.play(allowing());
    const [hidden, absent] = [problemIn(await get('/v1/tools/web')), problemIn(await get('/v1/tools/nope'))];
    const { traceId: _hidden, ...ofHidden } = hidden;
    const { traceId: _absent, ...ofAbsent } = absent;
    assert.deepEqual(ofHidden, ofAbsent);
  });
});

const refusals: Readonly<Record<string, [headers: Record<string, string>, code: string]>> = {
  'no token': [{ authorization: '' }, 'token.missing'],
  'a garbage token': [{ authorization: 'Bearer garbage' }, 'token.invalid'],
  'an intent that is none': [{ 'agent-intent': 'two words' }, 'request.invalid'],
};
for (const path of ['/v1/tools', '/v1/tools/web']) {
  describe(`GET ${path} refuses`, () => {
    for (const [name, [headers, code]] of Object.entries(refusals)) {
      it(`${name} by ${code}`, async () => assert.equal(problemIn(await get(path, {}, headers)).code, code));
    }

    it('to guess when policy-service cannot be asked', async () => {
      proxy.neighbours.policy.play((_received, response) => response.destroy());
      assert.equal(problemIn(await get(path)).code, 'policy.unavailable');
    });

    const partial: Readonly<Record<string, object>> = {
      'when an answer is missing': { evaluations: [] },
      'when a question could not be answered': failedEvaluationsResponseExample,
      'when the answer is that to another question': allowedResponseExample,
    };
    for (const [name, body] of Object.entries(partial)) {
      it(`to guess ${name}`, async () => {
        proxy.neighbours.policy.play((_received, response) => answer(response, body));
        const scope = path === '/v1/tools' ? 'web:fetch mail:send' : '*:*';
        assert.equal(problemIn(await get(path, { scope })).code, 'policy.unavailable');
      });
    }
  });
}
