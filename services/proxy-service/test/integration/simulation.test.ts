import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { agentRolePath } from '@4runr/contracts/agent';
import { simulationExample, simulationPath, simulationRequestSchema } from '@4runr/contracts/policy';
import { toProblem } from '@4runr/contracts/problem';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createTestMesh } from '@4runr/service-kit/testing';
import { problemIn, send } from '../fixtures/calling.ts';
import { answer, refuse, type Script } from '../fixtures/peer.ts';
import { type Neighbours, startNeighbours, startProxy } from '../fixtures/proxy-under-test.ts';
import type { Claims } from '../fixtures/token-issuer.ts';

const agent = { id: 'agt_01k3v9q2m4h8w6x5z7yd', role: 'scraper' };
const call = { agent, tool: 'web', action: 'fetch', params: { url: 'https://example.com/' } };
const operator: Claims = { sub: 'opr_1', role: 'operator', scope: 'policies:read' };

let neighbours: Neighbours;
let proxy: RunningService;
before(async () => {
  neighbours = await startNeighbours();
  proxy = await startProxy(neighbours, {
    MESH_KEYS: createTestMesh().meshKeys(
      ['proxy-service', 'policy-service'],
      ['proxy-service', 'auth-service'],
      ['proxy-service', 'adapter-web'],
      ['proxy-service', 'adapter-mail'],
    ),
  });
});
after(async () => {
  await proxy.stop();
  await neighbours.close();
});

async function simulate(body: unknown, { claims = operator, policy = simulating }: Asking = {}) {
  neighbours.policy.play(policy);
  return send(proxy.url, {
    path: '/v1/policies/simulate',
    headers: {
      authorization: `Bearer ${await neighbours.issuer.token(claims)}`,
      'content-type': 'application/json',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

interface Asking {
  readonly claims?: Claims;
  readonly policy?: Script;
}

const simulating: Script = (_received, response) => answer(response, simulationExample);
/** What policy-service was asked last. */
const asked = () => simulationRequestSchema.parse(neighbours.policy.received.at(-1)?.body);

describe('POST /v1/policies/simulate', () => {
  it('asks policy-service about the call as it would be made, with the facts that the manifest marks', async () => {
    const answered = await simulate({ ...call, intent: 'research', at: '2026-03-02T08:30:00Z' });
    assert.deepEqual(JSON.parse(answered.text), simulationExample);
    assert.equal(answered.headers['cache-control'], 'no-store');
    assert.equal(neighbours.policy.received.at(-1)?.path, simulationPath);
    const { question, at } = asked();
    assert.deepEqual(question.subject, {
      type: 'agent',
      id: agent.id,
      properties: { role: 'scraper', act: null },
    });
    assert.deepEqual([question.action, question.resource.id], [{ name: 'web:fetch' }, 'web']);
    const { callId: _callId, ...context } = question.context;
    assert.deepEqual(context, {
      params: call.params,
      facts: { url: ['https://example.com/'], model: [], recipient: [] },
      requestBytes: Buffer.byteLength(JSON.stringify(call.params)),
      dryRun: true,
      intent: 'research',
    });
    assert.equal(at, '2026-03-02T08:30:00Z');
  });

  it('hands the candidate on as it is, and its faults back', async () => {
    const errors = [{ pointer: '/policy/allow/0', detail: 'Invalid string' }];
    const refusing: Script = (_received, response) =>
      refuse(response, { ...toProblem('params.invalid'), errors });
    const answered = await simulate({ ...call, policy: { name: 7 } }, { policy: refusing });
    assert.deepEqual(asked().policy, { name: 7 });
    const problem = problemIn(answered);
    assert.deepEqual([problem.code, problem.errors], ['params.invalid', errors]);
  });

  it('takes any agent of a role', async () => {
    await simulate({ ...call, agent: { role: 'enricher' } });
    const { id, properties } = asked().question.subject;
    assert.deepEqual([id, properties.role], ['simulated', 'enricher']);
  });

  it('asks auth-service for the role of an agent that is named by its id alone', async () => {
    neighbours.issuer.answerAt(agentRolePath(agent.id), 200, agent);
    await simulate({ ...call, agent: agent.id });
    assert.deepEqual(asked().question.subject.id, agent.id);
    assert.equal(asked().question.subject.properties.role, 'scraper');
    const unknown = 'agt_00000000000000000000';
    neighbours.issuer.answerAt(agentRolePath(unknown), 404, toProblem('agent.unknown'));
    assert.equal(problemIn(await simulate({ ...call, agent: unknown })).code, 'agent.unknown');
    neighbours.issuer.answerAt(agentRolePath(unknown), 503, toProblem('service.unavailable'));
    assert.equal(problemIn(await simulate({ ...call, agent: unknown })).code, 'service.unavailable');
  });

  it('reaches no adapter', async () => {
    await simulate(call);
    assert.ok(neighbours.web.received.every(({ method }) => method === 'GET'));
  });

  const refused: Record<string, [body: unknown, code: string, pointer?: string]> = {
    'no body': ['', 'request.invalid'],
    'broken JSON': ['{', 'request.invalid'],
    'an empty object': [{}, 'params.invalid', '/agent'],
    'an unknown member': [{ ...call, dryRun: true }, 'params.invalid', '/dryRun'],
    'a time that is none': [{ ...call, at: 'tomorrow' }, 'params.invalid', '/at'],
    'what can be no agent’s id': [{ ...call, agent: '..' }, 'agent.unknown'],
    'an unknown tool': [{ ...call, tool: 'nope' }, 'tool.unknown'],
    'an unknown action': [{ ...call, action: 'nope' }, 'action.unknown'],
    'parameters that do not fit': [{ ...call, params: { url: 7 } }, 'params.invalid', '/params/url'],
    'an intent that is none': [{ ...call, intent: 'two words' }, 'request.invalid'],
  };
  for (const [name, [body, code, pointer]] of Object.entries(refused)) {
    it(`refuses ${name} by ${code}`, async () => {
      const problem = problemIn(await simulate(body));
      assert.deepEqual([problem.code, problem.errors?.[0]?.pointer], [code, pointer]);
    });
  }

  it('is for operators who may read policies', async () => {
    for (const claims of [
      { role: 'scraper', scope: 'policies:read' },
      { ...operator, scope: 'agents:read' },
    ]) {
      assert.equal(problemIn(await simulate(call, { claims })).code, 'scope.insufficient');
    }
  });

  it('does not guess when policy-service does not answer', async () => {
    const silent: Script = (_received, response) => response.destroy();
    assert.equal(problemIn(await simulate(call, { policy: silent })).code, 'policy.unavailable');
    const other: Script = (_received, response) => answer(response, { decision: 'maybe' });
    assert.equal(problemIn(await simulate(call, { policy: other })).code, 'policy.unavailable');
  });
});
