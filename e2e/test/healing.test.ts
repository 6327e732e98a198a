import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { AgentName } from '@4runr/local-stack';
import { e2e } from './mesh/config.ts';
import { type Answer, askForToken, callTool, codeOf, stack, tokenOf } from './mesh/gateway.ts';

/** Tells it apart from never: on a machine that is merely busy it takes more than the five seconds that it should. */
const healsWithinMs = 30_000;
const notAnswered = 'not answered';

/** Asks for something that needs the part which was killed. */
type Witness = () => Promise<Answer>;

const call =
  (action: string, by: AgentName, params: object): Witness =>
  // No kept answer stands in for the part.
  () =>
    callTool(action, params, { by, headers: { 'cache-control': 'no-store' } });

const newToken: Witness = () => askForToken('scraper');
const search = call('serpapi/search', 'scraper', { q: 'healed' });
const page = call('http_fetch/get', 'scraper', { url: 'https://example.com/' });
const chat = call('openai/chat', 'enricher', {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hello' }],
});
const mail = call('gmail_send/send', 'engager', { to: 'ada@company.com', subject: 'healed', text: 'Hello' });

interface Outage {
  readonly witness: Witness;
  /** What may be answered until it has healed, beside a 200. */
  readonly codes: readonly string[];
}

const noTokens: Outage = { witness: newToken, codes: ['temporarily_unavailable'] };
const nothing: Outage = { witness: search, codes: [] };
/** A connection that was kept may be lost with the call on it: of a mail, that is `upstream.outcome_unknown`. */
const ofAdapter = (witness: Witness, lost = 'upstream.failed'): Outage => ({
  witness,
  codes: ['service.unavailable', 'breaker.open', lost],
});
const outages: Readonly<Record<string, Outage>> = {
  postgres: noTokens,
  'redis-state': noTokens,
  'redis-cache': nothing,
  'span-receiver': nothing,
  'edge-exporter': nothing,
  edge: { witness: search, codes: [notAnswered] },
  'auth-service': noTokens,
  'policy-service': { witness: search, codes: ['policy.unavailable'] },
  'proxy-service': { witness: search, codes: ['service.unavailable', 'upstream.outcome_unknown'] },
  'adapter-serpapi': ofAdapter(search),
  'adapter-http-fetch': ofAdapter(page),
  'adapter-openai': ofAdapter(chat),
  'adapter-gmail-send': ofAdapter(mail, 'upstream.outcome_unknown'),
  'adapter-wikipedia': nothing,
  'provider-simulator': { witness: search, codes: ['upstream.failed', 'breaker.open'] },
};

const partOf = (name: string) => stack().parts.find((part) => part.name === name);

/** Milliseconds until the part runs anew and its witness succeeds again; until then every answer is one of its outage. */
async function healingTime(name: string, killed: number): Promise<number> {
  const startedAt = performance.now();
  const { witness, codes } = outages[name] ?? assert.fail(`nothing is known of an outage of ${name}`);
  while (performance.now() - startedAt < healsWithinMs) {
    const code = await witness().then(codeOf, () => notAnswered);
    const part = partOf(name);
    const runsAnew = part?.state === 'ready' && part.pid !== killed;
    if (code === '200' && runsAnew) return performance.now() - startedAt;
    assert.ok(code === '200' || codes.includes(code), `${name}: ${code}`);
    await wait(50);
  }
  return Number.POSITIVE_INFINITY;
}

/** Tokens that are there already are good while auth-service is not. */
before(() => Promise.all((['scraper', 'enricher', 'engager'] as const).map(tokenOf)));

describe('a part that is killed', () => {
  for (const { name } of stack().parts) {
    it(`${name} heals by itself`, async () => {
      const { pid } = partOf(name) ?? assert.fail(`${name} is not running`);
      assert.ok(pid !== null, `${name} is not running`);
      process.kill(pid, 'SIGKILL');
      const took = await healingTime(name, pid);
      assert.ok(Number.isFinite(took), `not within ${healsWithinMs} ms`);
    });
  }
});

describe('a service that is told to stop', () => {
  for (const name of ['proxy-service', 'adapter-http-fetch', 'edge']) {
    it(`${name} ends the call in flight first`, async () => {
      const held = callTool('http_fetch/get', { url: `${e2e.webUrl}/held/stop-${name}` });
      await Promise.race([
        fetch(`${e2e.webUrl}/arrived/stop-${name}`),
        held.then(({ text }) => assert.fail(`answered before: ${text}`)),
      ]);
      const { pid } = partOf(name) ?? assert.fail(`${name} is not running`);
      assert.ok(pid !== null, `${name} is not running`);
      process.kill(pid, name === 'edge' ? 'SIGQUIT' : 'SIGTERM');
      await fetch(`${e2e.webUrl}/release/stop-${name}`);
      const answer = await held;
      assert.equal(answer.status, 200, answer.text);
      assert.ok(Number.isFinite(await healingTime(name, pid)));
    });
  }
});
