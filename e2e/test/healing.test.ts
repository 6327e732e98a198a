import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type AgentName, TokenRefusedError } from '@4runr/local-stack';
import { e2e } from './mesh/config.ts';
import { callTool, fetchToken, stack, tokenOf } from './mesh/gateway.ts';

const healsWithinMs = 5_000;

/** Answers with the status of something that needs the part which was killed. */
type Witness = () => Promise<number>;

const call =
  (action: string, by: AgentName, params: object): Witness =>
  async () => {
    // No kept answer stands in for the part.
    const answer = await callTool(action, params, { by, headers: { 'cache-control': 'no-store' } });
    assert.ok(answer.json !== undefined, answer.text);
    return answer.status;
  };

const newToken: Witness = () =>
  fetchToken(stack().agents.scraper).then(
    () => 200,
    (error: unknown) => {
      if (error instanceof TokenRefusedError) return error.status;
      throw error;
    },
  );

const search = call('serpapi/search', 'scraper', { q: 'healed' });
const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
const mail = { to: 'ada@company.com', subject: 'healed', text: 'Hello' };
const witnesses: Readonly<Record<string, Witness>> = {
  postgres: newToken,
  'redis-state': newToken,
  'auth-service': newToken,
  'adapter-http-fetch': call('http_fetch/get', 'scraper', { url: 'https://example.com/' }),
  'adapter-openai': call('openai/chat', 'enricher', chat),
  'adapter-gmail-send': call('gmail_send/send', 'engager', mail),
};

const partOf = (name: string) => stack().parts.find((part) => part.name === name);

/** Milliseconds until the part runs anew and its witness succeeds again; until then every answer is one of an outage. */
async function healingTime(name: string, killed: number): Promise<number> {
  const startedAt = performance.now();
  const witness = witnesses[name] ?? search;
  while (performance.now() - startedAt < 3 * healsWithinMs) {
    const status = await witness().catch((error: unknown) => refusedByTheEdge(name, error));
    const part = partOf(name);
    const runsAnew = part?.state === 'ready' && part.pid !== killed;
    if (status === 200 && runsAnew) return performance.now() - startedAt;
    assert.ok([200, 502, 503, 504].includes(status), `${name}: ${status}`);
    await wait(50);
  }
  return Number.POSITIVE_INFINITY;
}

/** Only the edge itself may leave callers without any answer. */
function refusedByTheEdge(name: string, error: unknown): number {
  if (name === 'edge') return 503;
  throw error;
}

/** Tokens that are there already are good while auth-service is not. */
before(() => Promise.all((['scraper', 'enricher', 'engager'] as const).map(tokenOf)));

describe('a part that is killed', () => {
  for (const { name } of stack().parts) {
    it(`${name} heals within 5 s`, async () => {
      const { pid } = partOf(name) ?? assert.fail(`${name} is not running`);
      assert.ok(pid !== null, `${name} is not running`);
      process.kill(pid, 'SIGKILL');
      const took = await healingTime(name, pid);
      assert.ok(took < healsWithinMs, `took ${took} ms`);
    });
  }
});

describe('a service that is told to stop', () => {
  for (const name of ['proxy-service', 'adapter-http-fetch', 'edge']) {
    it(`${name} ends the call in flight first`, async () => {
      const held = callTool('http_fetch/get', { url: `${e2e.webUrl}/held/stop-${name}` });
      await fetch(`${e2e.webUrl}/arrived/stop-${name}`);
      const { pid } = partOf(name) ?? assert.fail(`${name} is not running`);
      assert.ok(pid !== null, `${name} is not running`);
      process.kill(pid, name === 'edge' ? 'SIGQUIT' : 'SIGTERM');
      await fetch(`${e2e.webUrl}/release/stop-${name}`);
      const answer = await held;
      assert.equal(answer.status, 200, answer.text);
      assert.ok((await healingTime(name, pid)) < healsWithinMs);
    });
  }
});
