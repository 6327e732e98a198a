import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { enrolAgent } from './mesh/agents.ts';
import { type Answer, callTool, problemOf } from './mesh/gateway.ts';
import { storePolicy } from './mesh/policies.ts';

const fetchPage = (token: string, url: string, headers = {}): Promise<Answer> =>
  callTool('http_fetch/get', { url }, { token, headers });

/** A stored policy is active within a second, on every replica. */
async function untilAllowed(call: () => Promise<Answer>): Promise<void> {
  const deadline = AbortSignal.timeout(5_000);
  while ((await call()).status !== 200) {
    deadline.throwIfAborted();
    await wait(50);
  }
}

describe('a policy with a guard on domains', () => {
  let token: string;
  before(async () => {
    await storePolicy({
      name: 'e2e-reader',
      subjects: { roles: ['e2e-reader'] },
      allow: ['http_fetch:get'],
      guards: { domains: { allow: ['example.com'] } },
    });
    token = await enrolAgent('e2e-reader');
    await untilAllowed(() => fetchPage(token, 'https://example.com/'));
  });

  it('denies other hosts', async () => {
    const problem = problemOf(await fetchPage(token, 'https://en.wikipedia.org/wiki/Tea'));
    assert.deepEqual([problem.code, problem.reason], ['policy.denied', 'domain']);
    assert.match(problem.decisionId ?? '', /^dec_/);
  });

  it('holds on every hop of a redirect', async () => {
    assert.equal((await fetchPage(token, 'https://example.com/moved')).status, 200);
    const problem = problemOf(await fetchPage(token, 'https://example.com/elsewhere'));
    assert.equal(problem.code, 'target.forbidden');
  });
});

describe('a policy with intents', () => {
  it('allows calls that have one of them', async () => {
    await storePolicy({
      name: 'e2e-researcher',
      subjects: { roles: ['e2e-researcher'] },
      allow: ['http_fetch:get'],
      intents: ['research'],
    });
    const token = await enrolAgent('e2e-researcher');
    const withIntent = (intent: string) =>
      fetchPage(token, 'https://example.com/', { 'agent-intent': intent });
    await untilAllowed(() => withIntent('research'));
    for (const answer of [await withIntent('mischief'), await fetchPage(token, 'https://example.com/')]) {
      const problem = problemOf(answer);
      assert.deepEqual([problem.code, problem.reason], ['policy.denied', 'intent']);
    }
  });
});
