import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { callResponseSchema } from '@4runr/contracts/call';
import { enrolAgent } from './mesh/agents.ts';
import { type Answer, callTool, problemOf } from './mesh/gateway.ts';
import { storePolicy } from './mesh/policies.ts';
import { mailsWith } from './mesh/simulator.ts';

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

describe('a policy with obligations on responses', () => {
  const search = (token: string, q: string) => callTool('serpapi/search', { q }, { token });

  it('redacts, truncates, and leaves the rest as it was', async () => {
    await storePolicy({
      name: 'e2e-redacted',
      subjects: { roles: ['e2e-redacted'] },
      allow: ['serpapi:search'],
      guards: { pii: { detect: ['email'], on: 'response', effect: 'redact' } },
      response: { redact: ['search_metadata.id', '**.link'], truncate: { 'organic_results.*.title': 4 } },
    });
    const token = await enrolAgent('e2e-redacted');
    await untilAllowed(() => search(token, 'tea'));
    const { data } = callResponseSchema.parse((await search(token, 'tea of ada@company.com')).json) as {
      data: {
        search_metadata: Record<string, unknown>;
        search_parameters: Record<string, unknown>;
        organic_results: Record<string, unknown>[];
      };
    };
    const gone = '[redacted]';
    assert.deepEqual([data.search_metadata.id, data.search_metadata.status], [gone, 'Success']);
    assert.equal(data.search_parameters.q, `tea of ${gone}`);
    const [first] = data.organic_results;
    assert.deepEqual([first?.link, first?.title, first?.position], [gone, 'tea ', 1]);
  });

  it('blocks, and says that the call was carried out: a mail that was sent stays sent', async () => {
    await storePolicy({
      name: 'e2e-blocked',
      subjects: { roles: ['e2e-blocked'] },
      allow: ['gmail_send:send', 'serpapi:search'],
      response: { block: ['coffee', '^SENT$'] },
    });
    const token = await enrolAgent('e2e-blocked');
    await untilAllowed(() => search(token, 'tea'));
    const subject = `Blocked ${Date.now()}`;
    const mail = { to: 'ada@company.com', subject, text: 'Hello' };
    for (const answer of [
      await search(token, 'coffee'),
      await callTool('gmail_send/send', mail, { token }),
    ]) {
      const { code, status, reason, dispatched } = problemOf(answer);
      assert.deepEqual([code, status, reason, dispatched], ['response.blocked', 502, 'pattern', 'yes']);
    }
    assert.equal((await mailsWith(subject)).length, 1);
  });

  it('holds back what is longer than allowed', async () => {
    await storePolicy({
      name: 'e2e-short',
      subjects: { roles: ['e2e-short'] },
      allow: ['http_fetch:get'],
      guards: { maxResponseBytes: 100 },
    });
    const token = await enrolAgent('e2e-short');
    const fetched = async () => problemOf(await fetchPage(token, 'https://example.com/')).code;
    const deadline = AbortSignal.timeout(5_000);
    while ((await fetched()) === 'policy.denied') {
      deadline.throwIfAborted();
      await wait(50);
    }
    assert.equal(await fetched(), 'response.too_large');
  });
});
