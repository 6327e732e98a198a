import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { toolListSchema } from '@4runr/contracts/call';
import { enrolAgent } from './mesh/agents.ts';
import { ask, callTool, problemOf } from './mesh/gateway.ts';
import { storePolicy } from './mesh/policies.ts';

const role = 'e2e-added-tool';
const policyWithinMs = 2_000;

/** `wikipedia` came by its folder alone: no other code names it. */
describe('a tool that was added by its folder', () => {
  let token: string;
  const summary = (title: string) => callTool('wikipedia/summary', { title }, { token });
  const toolNames = async () => {
    const { json } = await ask('/v1/tools', { headers: { authorization: `Bearer ${token}` } });
    return toolListSchema.parse(json).items.map(({ name }) => name);
  };
  before(async () => {
    token = await enrolAgent(role);
  });

  it('is for nobody until a policy allows it, then answers and is listed', async () => {
    assert.equal(problemOf(await summary('Earth')).code, 'policy.denied');
    assert.deepEqual(await toolNames(), []);
    await storePolicy({ name: role, subjects: { roles: [role] }, allow: ['wikipedia:summary'] });
    const deadline = performance.now() + policyWithinMs;
    while ((await summary('Earth')).status !== 200) {
      assert.ok(performance.now() < deadline, `not within ${policyWithinMs} ms`);
      await wait(20);
    }
    const { data } = (await summary('Earth')).json as { data: { title: string; extract: string } };
    assert.equal(data.title, 'Earth');
    assert.match(data.extract, /^Earth is/);
    assert.deepEqual(await toolNames(), ['wikipedia']);
  });

  it('tells agents what its provider says of a failure', async () => {
    const { code, detail, upstreamStatus, upstreamCode } = problemOf(await summary('There is no such page'));
    assert.deepEqual(
      [code, upstreamStatus, detail],
      ['upstream.rejected', 404, 'Page or revision not found.'],
    );
    assert.equal(upstreamCode, undefined, 'the provider’s own code is for operators');
  });
});
