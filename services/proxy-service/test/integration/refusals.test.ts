import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { auditStreamKeyOf, type CallRefusal, parseAuditMessage } from '@4runr/contracts/audit';
import { problemIn, type Sent } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { aRead } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

/** 16 streams of four: refusals may fill two of the agent's own. */
const proxy = withRunningProxy({ AUDIT_BACKLOG_MAX: '64' });
const stream = auditStreamKeyOf('agt_1');
beforeEach(async () => void (await proxy.neighbours.redis.client.del(stream)));

/** The calls that were refused before a decision, since the test began. */
async function refusals(): Promise<readonly CallRefusal[]> {
  const messages = await proxy.neighbours.redis.client.xRange(stream, '-', '+');
  return (messages ?? [])
    .map((message) => parseAuditMessage(message?.message ?? {}))
    .filter((item) => item.kind === 'call')
    .filter((item) => item.part === 'refusal');
}

describe('a call that is refused before it is decided', () => {
  const rows: Record<string, [sent: () => Promise<Partial<Sent>>, item: Partial<CallRefusal>]> = {
    'for a tool that there is not': [
      async () => ({ path: '/v1/tools/dog/bark' }),
      { code: 'tool.unknown', status: 404, tool: 'unknown', action: 'unknown' },
    ],
    'for an action that the tool does not have': [
      async () => ({ path: '/v1/tools/web/bark' }),
      { code: 'action.unknown', status: 404, tool: 'web', action: 'unknown' },
    ],
    'with parameters that do not fit': [
      async () => ({ body: '{"url":5}' }),
      { code: 'params.invalid', status: 422, tool: 'web', action: 'fetch' },
    ],
    'with a body that is too long': [
      async () => ({ body: JSON.stringify({ url: 'x'.repeat(2_000_000) }) }),
      { code: 'body.too_large', status: 413, tool: 'web', action: 'fetch' },
    ],
    'with a token that does not reach so far': [
      async () => ({ headers: { authorization: await proxy.bearer({ scope: 'mail:send' }) } }),
      { code: 'scope.insufficient', status: 403, tool: 'web', action: 'fetch' },
    ],
    'because policy cannot be asked': [
      async () => {
        proxy.neighbours.policy.play((_received, response) => void response.writeHead(500).end());
        return {};
      },
      { code: 'policy.unavailable', status: 503, tool: 'web', action: 'fetch' },
    ],
  };
  for (const [name, [sent, expected]] of Object.entries(rows)) {
    it(`leaves one item in the audit trail: ${name}`, async () => {
      const answer = await proxy.call(await sent());
      assert.equal(problemIn(answer).code, expected.code);
      await eventually(async () => (await refusals()).length > 0);
      const [item, ...more] = await refusals();
      assert.deepEqual(more, []);
      assert.ok(item);
      const { code, status, tool, action } = item;
      assert.deepEqual({ code, status, tool, action }, expected);
      assert.deepEqual([item.agent, item.outcome, item.dispatched], ['agt_1', 'failed', 'no']);
      assert.equal(item.traceId, problemIn(answer).traceId);
    });
  }

  it('leaves none where nobody was authenticated, nor where policy has decided', async () => {
    await proxy.call({ headers: { authorization: 'Bearer nobody' } });
    assert.equal((await proxy.call()).status, 200);
    await proxy.call({ path: '/v1/tools/dog/bark' });
    await eventually(async () => (await refusals()).length > 0);
    assert.deepEqual(
      (await refusals()).map(({ code }) => code),
      ['tool.unknown'],
    );
  });

  it('leaves none once half of what may wait does, and is counted and answered all the same', async () => {
    for (let call = 0; call < 5; call += 1) {
      assert.equal((await proxy.call({ path: '/v1/tools/dog/bark' })).status, 404);
    }
    await eventually(async () => (await proxy.metric('gateway_audit_dropped_total', 'backlog')) === 3);
    assert.equal((await refusals()).length, 2);
    assert.equal((await proxy.call(aRead)).status, 200);
  });
});
