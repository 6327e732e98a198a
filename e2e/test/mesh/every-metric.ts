import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { enrolAgent, registerWithSecret } from './agents.ts';
import { clearFaults, setFault } from './faults.ts';
import { ask, askAsOperator, callTool } from './gateway.ts';
import { submit, untilJob } from './jobs.ts';
import { storePolicy } from './policies.ts';

const role = 'e2e-measured';
const uncached = { headers: { 'cache-control': 'no-store' } };
const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };

/** An agent that may search once a day. @returns its token, once its policy is there */
export async function enrolMeasured(): Promise<string> {
  await storePolicy({
    name: role,
    subjects: { roles: [role] },
    allow: ['serpapi:search'],
    quotas: [{ scope: 'serpapi:search', limit: 1, window: '1d' }],
  });
  const token = await enrolAgent(role);
  const deadline = AbortSignal.timeout(30_000);
  const list = () => ask('/v1/tools/serpapi', { headers: { authorization: `Bearer ${token}` } });
  while ((await list()).status !== 200) {
    deadline.throwIfAborted();
    await wait(50);
  }
  return token;
}

/** Something of everything that is counted: calls that are answered, cached, denied, refused, retried and given up. */
export async function makeEveryMetric(measured: string): Promise<void> {
  await callsThatAreAnswered();
  await callsThatAreRefused(measured);
  await callsThatProvidersFail();
  const { id } = await registerWithSecret(role);
  assert.equal((await askAsOperator(`/v1/agents/${id}/revoke-tokens`, 'POST', {})).status, 200);
}

async function callsThatAreAnswered(): Promise<void> {
  const page = { url: 'https://example.com/' };
  const mail = { to: 'ada@company.com', subject: 'measured', text: 'Hello' };
  for (let times = 0; times < 2; times += 1) await callTool('serpapi/search', { q: 'measured' });
  const answers = [
    await callTool('http_fetch/get', page, uncached),
    await callTool('openai/chat', chat, { by: 'enricher', ...uncached }),
    await callTool('gmail_send/send', mail, { by: 'engager', headers: { 'idempotency-key': randomUUID() } }),
  ];
  for (const { status, text } of answers) assert.equal(status, 200, text);
  await untilJob(
    await submit('serpapi/search', { q: 'measured' }, uncached),
    ({ status }) => status === 'succeeded',
  );
}

async function callsThatAreRefused(measured: string): Promise<void> {
  const search = (q: string, token: string) => callTool('serpapi/search', { q }, { token, ...uncached });
  for (let times = 0; times < 2; times += 1) await search('measured', measured);
  assert.equal((await search('measured', measured)).status, 429);
  assert.equal((await callTool('openai/chat', chat)).status, 403);
  assert.equal((await search('measured', 'no.such.token')).status, 401);
  assert.equal((await callTool('no_such_tool/at_all', {})).status, 404);
  assert.equal((await ask('/no/such/path')).status, 404);
}

/** Until the breaker is open, and closed again. */
async function callsThatProvidersFail(): Promise<void> {
  await setFault('serpapi', { mode: 'error', rate: 1 });
  try {
    let status = 0;
    for (let calls = 0; calls < 40 && status !== 503; calls += 1)
      ({ status } = await callTool('serpapi/search', { q: 'measured' }, uncached));
    assert.equal(status, 503);
  } finally {
    await clearFaults();
  }
}
