import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { AgentName } from '@4runr/local-stack';
import { e2e } from './mesh/config.ts';
import { callTool, stack, tokenOf } from './mesh/gateway.ts';

const healsWithinMs = 5_000;

const search: [action: string, by: AgentName, params: object] = [
  'serpapi/search',
  'scraper',
  { q: 'healed' },
];
const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
const witnesses: Record<string, [action: string, by: AgentName, params: object]> = {
  'auth-service': search,
  'policy-service': search,
  'proxy-service': search,
  'adapter-serpapi': search,
  'adapter-http-fetch': ['http_fetch/get', 'scraper', { url: 'https://example.com/' }],
  'adapter-openai': ['openai/chat', 'enricher', chat],
  'adapter-gmail-send': ['gmail_send/send', 'engager', { to: 'ada@company.com', subject: 'x', text: 'x' }],
  'provider-simulator': search,
};

/** Of the first replica; undefined while it is being started again. */
function pidOf(service: string): number | undefined {
  return stack().services[service]?.[0]?.pid;
}

/** Milliseconds until the service runs anew and its call succeeds again; every answer until then is a coded one. */
async function healingTime(service: string, killed: number): Promise<number> {
  const startedAt = performance.now();
  const [action, by, params] = witnesses[service] ?? search;
  for (;;) {
    const pid = pidOf(service);
    if (pid !== undefined && pid !== killed) {
      const answer = await callTool(action, params, { by });
      if (answer.status === 200) return performance.now() - startedAt;
      assert.ok([502, 503, 504].includes(answer.status), answer.text);
    }
    if (performance.now() - startedAt > 3 * healsWithinMs) return Number.POSITIVE_INFINITY;
    await wait(50);
  }
}

/** Tokens that are there already are good while auth-service is not. */
before(() => Promise.all((['scraper', 'enricher', 'engager'] as const).map(tokenOf)));

describe('a service that is killed', () => {
  for (const service of Object.keys(witnesses)) {
    it(`${service} heals within 5 s`, async () => {
      const pid = pidOf(service);
      assert.ok(pid !== undefined);
      process.kill(pid, 'SIGKILL');
      const took = await healingTime(service, pid);
      assert.ok(took < healsWithinMs, `took ${took} ms`);
    });
  }
});

describe('a service that is told to stop', () => {
  it('ends the call in flight first, all along its way', async () => {
    const held = callTool('http_fetch/get', { url: `${e2e.webUrl}/held` });
    await fetch(`${e2e.webUrl}/arrived`);
    const stopped = ['proxy-service', 'adapter-http-fetch'].map((service) => ({
      service,
      pid: pidOf(service) ?? 0,
    }));
    for (const { pid } of stopped) process.kill(pid, 'SIGTERM');
    await fetch(`${e2e.webUrl}/release`);
    const answer = await held;
    assert.equal(answer.status, 200, answer.text);
    for (const { service, pid } of stopped) assert.ok((await healingTime(service, pid)) < healsWithinMs);
  });
});
