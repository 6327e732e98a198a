import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema } from '@4runr/contracts/audit';
import { type Policy, policyHistorySchema, simulationSchema } from '@4runr/contracts/policy';
import { enrolAgent } from './mesh/agents.ts';
import { type Answer, ask, askAsOperator, callTool, problemOf, stack } from './mesh/gateway.ts';
import { changePolicy, policyIn, storePolicy } from './mesh/policies.ts';

/** From the answer to a change until every replica decides by it, in milliseconds. */
const activeWithinMs = 1_000;

const role = 'e2e-policed';
const allowing: Policy = { name: role, subjects: { roles: [role] }, allow: ['serpapi:search'] };
const denying: Policy = { ...allowing, deny: ['serpapi:search'] };

let token: string;
before(async () => {
  await storePolicy(allowing);
  token = await enrolAgent(role);
  await until(async () => (await search()).status === 200);
});

const search = (): Promise<Answer> => callTool('serpapi/search', { q: 'tea' }, { token });

/** Fails when it does not come true in the time that changes of policies are given. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + activeWithinMs;
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadline, `not within ${activeWithinMs} ms`);
    await wait(20);
  }
}

describe('a policy that operators change through the edge', () => {
  it('decides within a second, and is rolled back as soon', async () => {
    const before = policyIn(await askAsOperator(`/v1/policies/${role}`, 'GET'));
    const changed = await changePolicy(role, 'PUT', { body: denying, ifMatch: `"${before.version}"` });
    const { version } = policyIn(changed);
    assert.equal(changed.headers.etag, `"${version}"`);
    await until(async () => (await search()).status === 403);
    const { code, reason } = problemOf(await search());
    assert.deepEqual([code, reason], ['policy.denied', 'deny']);

    const rolledBack = await changePolicy(`${role}/rollback`, 'POST', {
      body: { version: before.version },
      ifMatch: `"${version}"`,
    });
    assert.equal(policyIn(rolledBack).version, before.version);
    await until(async () => (await search()).status === 200);
  });

  it('is not changed from a state that it is no longer in', async () => {
    const ifMatch = `"sha256:${'0'.repeat(64)}"`;
    const stale = await changePolicy(role, 'PUT', { body: denying, ifMatch });
    assert.equal(problemOf(stale).code, 'precondition.failed');
    const bare = await askAsOperator(`/v1/policies/${role}`, 'PUT', denying);
    assert.equal(problemOf(bare).code, 'precondition.required');
  });

  it('says in its history who changed it, and in the audit trail from what to what', async () => {
    const history = policyHistorySchema.parse(
      (await askAsOperator(`/v1/policies/${role}/versions`, 'GET')).json,
    );
    assert.deepEqual(
      history.items.map(({ change }) => change),
      ['rollback', 'update', 'create'],
    );
    assert.ok(history.items.every(({ by }) => by.startsWith('opr_')));
    const trail = auditListSchema.parse(
      (await askAsOperator('/v1/audit?action=policy.update&limit=500', 'GET')).json,
    );
    const update = trail.items.find((item) => item.kind === 'operator_change' && item.target.id === role);
    assert.ok(update?.kind === 'operator_change');
    assert.deepEqual([update.before, update.after], [allowing, denying]);
  });

  it('ends when it is deleted, and its history stays', async () => {
    assert.equal((await changePolicy(role, 'DELETE')).status, 204);
    await until(async () => (await search()).status === 403);
    assert.equal(problemOf(await search()).reason, 'no_policy');
    const history = await askAsOperator(`/v1/policies/${role}/versions`, 'GET');
    assert.equal(policyHistorySchema.parse(history.json).items[0]?.change, 'delete');
    await storePolicy(allowing);
    await until(async () => (await search()).status === 200);
  });

  it('is refused where it is not one, with the place of every fault', async () => {
    const invalid = { ...allowing, name: 'e2e-invalid', guards: { domains: { allow: ['*.*'] } }, extra: 1 };
    const problem = problemOf(await askAsOperator('/v1/policies', 'POST', invalid));
    assert.equal(problem.code, 'params.invalid');
    assert.deepEqual(problem.errors?.map(({ pointer }) => pointer).sort(), [
      '/extra',
      '/guards/domains/allow/0',
    ]);
    assert.equal(problemOf(await askAsOperator('/v1/policies', 'POST', allowing)).code, 'conflict');
  });

  it('is no business of agents, nor is the way by which calls are decided', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify(allowing);
    const asAgent = await ask('/v1/policies', { method: 'POST', headers, body });
    assert.equal(problemOf(asAgent).code, 'scope.insufficient');
    const inside = await ask('/access/v1/evaluations', { method: 'POST', headers, body: '{}' });
    assert.equal(problemOf(inside).code, 'route.unknown');
    const method = await ask(`/v1/policies/${role}`, { method: 'PATCH', headers });
    assert.deepEqual(
      [problemOf(method).code, method.headers.allow],
      ['method.unsupported', 'GET, HEAD, PUT, DELETE'],
    );
  });
});

describe('a simulated call', () => {
  const simulate = async (body: object) =>
    simulationSchema.parse((await askAsOperator('/v1/policies/simulate', 'POST', body)).json);
  const call = { tool: 'http_fetch', action: 'get', params: { url: 'https://example.com/' } };

  it('is decided as the call itself is, of an agent by its id or of any agent of a role', async () => {
    const { id } = stack().agents.scraper;
    for (const agent of [id, { role: 'scraper' }, { id, role: 'scraper' }]) {
      const { decision, policy } = await simulate({ agent, ...call });
      assert.deepEqual([decision, policy?.name], ['allow', 'scraper']);
    }
    const denied = await simulate({ agent: { role: 'engager' }, ...call });
    assert.deepEqual([denied.decision, denied.reasons[0]?.rule], ['deny', 'no_policy']);
  });

  it('is decided by a candidate policy, whose guards see what they would see of the call', async () => {
    const candidate: Policy = {
      name: 'scraper',
      subjects: { roles: ['scraper'] },
      allow: ['http_fetch:get'],
      guards: { domains: { allow: ['*.wikipedia.org'] } },
    };
    const agent = { role: 'scraper' };
    const denied = await simulate({ agent, ...call, policy: candidate });
    assert.deepEqual([denied.decision, denied.reasons[0]?.rule], ['deny', 'domain']);
    const params = { url: 'https://en.wikipedia.org/wiki/Tea' };
    const { decision, obligations } = await simulate({ agent, ...call, params, policy: candidate });
    assert.equal(decision, 'allow');
    assert.deepEqual(obligations, [{ type: 'domains', allow: ['*.wikipedia.org'], deny: [] }]);
    assert.equal((await callTool('http_fetch/get', call.params)).status, 200);
  });

  it('is refused where it could not be made', async () => {
    const agent = { role: 'scraper' };
    const refused = async (change: object) =>
      problemOf(await askAsOperator('/v1/policies/simulate', 'POST', { agent, ...call, ...change }));
    assert.equal((await refused({ params: {} })).code, 'params.invalid');
    assert.equal((await refused({ tool: 'nope' })).code, 'tool.unknown');
    assert.equal((await refused({ agent: 'agt_00000000000000000000' })).code, 'agent.unknown');
    const invalid = await refused({ policy: { name: 'x', subjects: {}, extra: 1 } });
    assert.deepEqual(invalid.errors?.map(({ pointer }) => pointer).sort(), [
      '/policy/extra',
      '/policy/subjects',
    ]);
  });
});
