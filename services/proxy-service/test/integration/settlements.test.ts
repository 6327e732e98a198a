import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  auditStreamKeyOf,
  type CallDecision,
  type CallOutcome,
  callDecisionExample,
  parseAuditMessage,
} from '@4runr/contracts/audit';
import {
  allowedResponseExample,
  evaluationRequestSchema,
  type QuotaClaim,
  quotaClaimExample,
} from '@4runr/contracts/decision';
import { toProblem } from '@4runr/contracts/problem';
import { createDecisionTaker } from '@4runr/decision-ledger';
import { eventually } from '../fixtures/eventually.ts';
import { mailManifest, webManifest } from '../fixtures/manifests.ts';
import { answer, refuse, type Script } from '../fixtures/peer.ts';
import { adapterOf, anEffect } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const proxy = withRunningProxy();

/** policy-service as it takes decisions, with one quota. */
function decideWithin(claim: QuotaClaim): Script {
  const taker = createDecisionTaker(proxy.neighbours.redis.client, { streamItemsMax: 1_000 });
  return async ({ body }, response) => {
    const { subject, context, resource, action } = evaluationRequestSchema.parse(body);
    const { at: _at, quota: _quota, taken: _taken, ...example } = callDecisionExample;
    const draft = {
      ...example,
      ...{ id: context.callId, agent: subject.id, tool: resource.id, decision: 'allowed' as const },
      action: action.name.slice(resource.id.length + 1),
    };
    const {
      decision,
      quota,
      at: recordedAt,
      retryAfterSeconds,
    } = await taker.take(draft, [{ claim, amount: 1 }]);
    const { permit, ...rest } = allowedResponseExample.context;
    answer(response, {
      decision: decision === 'allowed',
      context: {
        ...rest,
        quota,
        recordedAt,
        ...(decision === 'allowed' ? { permit } : { retryAfterSeconds }),
      },
    });
  };
}

const newQuota = (limit: number): QuotaClaim => ({
  ...quotaClaimExample,
  limit,
  key: `quota_${Math.random()}`,
});

/** What is recorded of the calls so far. */
async function partsOf(id: string): Promise<readonly (CallDecision | CallOutcome)[]> {
  const messages = await proxy.neighbours.redis.client.xRange(auditStreamKeyOf('agt_1'), '-', '+');
  return (messages ?? [])
    .map(({ message }) => parseAuditMessage(message))
    .filter((item) => item.kind === 'call')
    .filter((item) => item.part !== 'refusal')
    .filter((item) => item.id === id);
}

const lastCallId = () =>
  evaluationRequestSchema.parse(proxy.neighbours.policy.received.at(-1)?.body).context.callId;

describe('a call that has ended', () => {
  it('is settled under its decision: a read soon, an effect before it is answered', async () => {
    proxy.neighbours.policy.play(decideWithin(newQuota(10)));
    assert.equal((await proxy.call()).status, 200);
    const read = lastCallId();
    await eventually(async () => (await partsOf(read)).length === 2);
    assert.equal(
      (await proxy.call({ path: anEffect.path, body: JSON.stringify(anEffect.params) })).status,
      200,
    );
    const parts = await partsOf(lastCallId());
    assert.deepEqual(
      parts.map(({ part, at }) => [part, at]),
      [
        ['decision', parts[0]?.at],
        ['outcome', parts[0]?.at],
      ],
    );
    const [, outcome] = parts;
    assert.ok(outcome?.part === 'outcome');
    assert.deepEqual([outcome.outcome, outcome.status, outcome.dispatched], ['completed', 200, 'yes']);
  });

  it('gives its share back when it was never dispatched, and keeps it when it may have been', async () => {
    proxy.neighbours.policy.play(decideWithin(newQuota(2)));
    const send = () => proxy.call({ path: anEffect.path, body: JSON.stringify(anEffect.params) });
    const failing = (dispatched: 'no' | 'yes') =>
      adapterOf(mailManifest, (_received, response) =>
        refuse(response, toProblem('upstream.rejected', { extensions: { dispatched } })),
      );
    proxy.neighbours.mail.play(failing('no'));
    for (let time = 0; time < 5; time += 1) assert.equal((await send()).status, 502);
    proxy.neighbours.mail.play(failing('yes'));
    const statuses = [await send(), await send(), await send()].map(({ status }) => status);
    assert.deepEqual(statuses, [502, 502, 429]);
  });

  it('gives its share back when a breaker did not let it through, and says so in its record', async () => {
    proxy.neighbours.policy.play(decideWithin(newQuota(11)));
    const send = () => proxy.call({ path: anEffect.path, body: JSON.stringify(anEffect.params) });
    proxy.neighbours.mail.play(
      adapterOf(mailManifest, (_received, response) =>
        refuse(
          response,
          toProblem('upstream.failed', { extensions: { dispatched: 'yes', upstreamStatus: 500 } }),
        ),
      ),
    );
    for (let time = 0; time < 10; time += 1) assert.equal((await send()).status, 502);
    for (let time = 0; time < 5; time += 1) assert.equal((await send()).status, 503);
    const [, outcome] = await partsOf(lastCallId());
    assert.ok(outcome?.part === 'outcome');
    assert.deepEqual([outcome.code, outcome.attempts, outcome.dispatched], ['breaker.open', 0, 'no']);
  });

  it('tells with every answer what is left, and is refused when nothing is', async () => {
    proxy.neighbours.policy.play(decideWithin(newQuota(2)));
    const answers = [await proxy.call(), await proxy.call(), await proxy.call()];
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, /;r=(\d+);/.exec(String(headers.ratelimit))?.[1]]),
      [
        [200, '1'],
        [200, '0'],
        [429, '0'],
      ],
    );
    assert.ok(Number(answers[2]?.headers['retry-after']) > 0);
  });

  it('that its client left is settled all the same', async () => {
    proxy.neighbours.policy.play(decideWithin(newQuota(10)));
    const { promise: arrived, resolve } = Promise.withResolvers<void>();
    proxy.neighbours.web.play(adapterOf(webManifest, () => resolve()));
    const leaving = new AbortController();
    const gone = fetch(`${proxy.url}/v1/tools/web/fetch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: await proxy.bearer() },
      body: '{"url":"https://example.com/"}',
      signal: leaving.signal,
    }).catch(() => {});
    await arrived;
    leaving.abort();
    await gone;
    const id = lastCallId();
    await eventually(async () => (await partsOf(id)).length === 2);
    const [, outcome] = await partsOf(id);
    assert.ok(outcome?.part === 'outcome');
    assert.deepEqual([outcome.outcome, outcome.status, outcome.dispatched], ['abandoned', 499, 'maybe']);
  });
});
