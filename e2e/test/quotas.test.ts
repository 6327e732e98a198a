import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { callResponseSchema } from '@4runr/contracts/call';
import { enrolAgent } from './mesh/agents.ts';
import { recordOf } from './mesh/audit.ts';
import { type Answer, ask, callTool, problemOf } from './mesh/gateway.ts';
import { storePolicy } from './mesh/policies.ts';

const role = 'e2e-limited';

const search = (token: string) =>
  callTool('serpapi/search', { q: 'tea' }, { token, headers: { 'cache-control': 'no-store' } });
const fetchPage = (token: string, url: string) => callTool('http_fetch/get', { url }, { token });

const remainingOf = ({ headers }: Answer) => /;r=(\d+);/.exec(String(headers.ratelimit))?.[1];

describe('a policy with quotas', () => {
  let token: string;
  before(async () => {
    await storePolicy({
      name: role,
      subjects: { roles: [role] },
      allow: ['serpapi:search', 'http_fetch:get'],
      quotas: [
        { scope: 'serpapi:search', limit: 3, window: '1d' },
        { scope: 'http_fetch:get', limit: 3, window: '1d' },
      ],
    });
    token = await enrolAgent(role);
    const deadline = AbortSignal.timeout(5_000);
    // With a list of tools nothing is taken.
    const list = () => ask('/v1/tools/serpapi', { headers: { authorization: `Bearer ${token}` } });
    while ((await list()).status !== 200) {
      deadline.throwIfAborted();
      await wait(50);
    }
  });

  it('allows exactly as many calls, says with each what is left, and then when to try again', async () => {
    const answers = [];
    for (let call = 0; call < 5; call += 1) answers.push(await search(token));
    assert.deepEqual(
      answers.map((answer) => [answer.status, remainingOf(answer)]),
      [
        [200, '2'],
        [200, '1'],
        [200, '0'],
        [429, '0'],
        [429, '0'],
      ],
    );
    const [first, , , refused] = answers;
    assert.ok(first && refused);
    assert.equal(first.headers['ratelimit-policy'], `"${role}/quotas/0";q=3;w=86400`);
    const problem = problemOf(refused);
    assert.deepEqual([problem.code, problem.reason], ['quota.exceeded', 'quota']);
    const retryAfter = Number(refused.headers['retry-after']);
    assert.ok(retryAfter > 86_000 && retryAfter <= 86_400, String(retryAfter));

    const { callId } = callResponseSchema.parse(first.json).meta;
    const carriedOut = await recordOf(({ id }) => id === callId);
    assert.deepEqual(
      [carriedOut.decision, carriedOut.outcome, carriedOut.status, carriedOut.dispatched],
      ['allowed', 'completed', 200, 'yes'],
    );
    const limited = await recordOf(({ decisionId }) => decisionId === problem.decisionId);
    assert.deepEqual([limited.decision, limited.outcome], ['limited', 'limited']);
  });

  it('counts no call that was refused before it was sent', async () => {
    for (let call = 0; call < 5; call += 1) {
      assert.equal(problemOf(await fetchPage(token, 'http://127.0.0.1:1/')).code, 'target.forbidden');
    }
    const deadline = AbortSignal.timeout(5_000);
    let answer = await fetchPage(token, 'https://example.com/');
    // A read is settled while it is answered: the last one may still be under way.
    while (answer.status === 429) {
      deadline.throwIfAborted();
      answer = await fetchPage(token, 'https://example.com/');
    }
    assert.equal(answer.status, 200);
  });
});
