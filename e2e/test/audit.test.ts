import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema, type OperatorChange } from '@4runr/contracts/audit';
import { decodeJwt } from 'jose';
import { enrolAgent } from './mesh/agents.ts';
import { type Answer, ask, problemOf, tokenOf } from './mesh/gateway.ts';

/** From the answer to a change until the change is in the trail. */
const visibleWithinMs = 2_000;

async function change(
  path: string,
  method: 'POST' | 'PATCH' | 'DELETE',
  { body, ifMatch = '*' }: { body?: object; ifMatch?: string } = {},
): Promise<Answer> {
  const authorization = `Bearer ${await tokenOf('operator')}`;
  const headers = { authorization, 'content-type': 'application/json', 'if-match': ifMatch };
  return ask(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

async function readTrail(query: string, token?: string): Promise<Answer> {
  const authorization = `Bearer ${token ?? (await tokenOf('operator'))}`;
  return ask(`/v1/audit${query}`, { headers: { authorization } });
}

/** The changes by operators in a page of the trail. */
async function listTrail(query: string): Promise<readonly OperatorChange[]> {
  const answer = await readTrail(query);
  assert.equal(answer.status, 200, answer.text);
  const { items } = auditListSchema.parse(answer.json);
  return items.filter((item) => item.kind === 'operator_change');
}

/** The change that was made within the exchange that gave this answer; fails when it does not show in time. */
async function changeOf({ headers }: Answer): Promise<OperatorChange> {
  const traceId = headers['x-correlation-id'];
  const deadline = performance.now() + visibleWithinMs;
  while (performance.now() < deadline) {
    const item = (await listTrail('?kind=operator_change')).find((change) => change.traceId === traceId);
    if (item !== undefined) return item;
    await wait(50);
  }
  throw new Error(`the change of exchange ${traceId} did not show within ${visibleWithinMs} ms`);
}

async function createAgent(): Promise<{ id: string; privateKey: string; answer: Answer }> {
  const answer = await change('/v1/agents', 'POST', { body: { name: 'e2e audited', role: 'scraper' } });
  assert.equal(answer.status, 201, answer.text);
  const { id, privateKey } = answer.json as { id: string; privateKey: string };
  return { id, privateKey, answer };
}

describe('what operators change', () => {
  it('is in the audit trail within two seconds: who, what, when, before and after', async () => {
    const startedAt = Date.now() - 1_000;
    const operator = decodeJwt(await tokenOf('operator')).sub;
    const { id, answer } = await createAgent();
    const created = await changeOf(answer);
    assert.deepEqual(
      [created.operator, created.action, created.target, created.before, created.after?.status],
      [operator, 'agent.create', { type: 'agent', id }, null, 'active'],
    );
    assert.ok(Date.parse(created.at) >= startedAt && Date.parse(created.at) <= Date.now() + 1_000);

    const suspended = await change(`/v1/agents/${id}`, 'PATCH', { body: { status: 'suspended' } });
    assert.equal(suspended.status, 200, suspended.text);
    const { action, before, after } = await changeOf(suspended);
    assert.deepEqual([action, before?.status, after?.status], ['agent.suspend', 'active', 'suspended']);

    const deleted = await change(`/v1/agents/${id}`, 'DELETE');
    assert.equal(deleted.status, 204, deleted.text);
    const last = await changeOf(deleted);
    assert.deepEqual([last.action, last.before?.status, last.after], ['agent.delete', 'suspended', null]);
  });

  it('is found newest first by its action, and by the time of it', async () => {
    const { answer } = await createAgent();
    const created = await changeOf(answer);
    const [newest] = await listTrail('?action=agent.create&limit=1');
    assert.deepEqual(newest, created);
    const onlyThen = new URLSearchParams({
      from: created.at,
      to: new Date(Date.parse(created.at) + 1).toISOString(),
    });
    assert.ok((await listTrail(`?${onlyThen}`)).some(({ id }) => id === created.id));
  });

  it('never shows a secret, nor is listed under the agent that it concerns', async () => {
    const { id, privateKey, answer } = await createAgent();
    await changeOf(answer);
    const { text } = await readTrail('?limit=500');
    assert.ok(!text.includes(privateKey.split('\n')[1] ?? privateKey));
    assert.doesNotMatch(text, /PRIVATE KEY|"d":/);
    assert.deepEqual(await listTrail(`?agent=${id}`), []);
  });

  it('but was refused leaves nothing in the trail', async () => {
    const { id } = await createAgent();
    const body = { status: 'suspended' };
    const refused = await change(`/v1/agents/${id}`, 'PATCH', { body, ifMatch: '"another"' });
    assert.equal(problemOf(refused).code, 'precondition.failed');
    // What comes later shows; so what came before would show too.
    await changeOf(await change(`/v1/agents/${id}`, 'PATCH', { body: { name: 'e2e renamed' } }));
    const ofAgent = (await listTrail('?kind=operator_change&limit=500')).filter(
      ({ target }) => target.id === id,
    );
    assert.deepEqual(
      ofAgent.map(({ action }) => action),
      ['agent.update', 'agent.create'],
    );
  });
});

describe('the audit trail', () => {
  it('begins with the enrolment of the first operator, which nobody ordered', async () => {
    const [first] = (await listTrail('?action=operator.enrol')).toReversed();
    assert.equal(first?.operator, 'system');
  });

  it('is read by operators alone', async () => {
    assert.equal(problemOf(await ask('/v1/audit')).code, 'token.missing');
    const agent = await enrolAgent('scraper');
    assert.equal(problemOf(await readTrail('', agent)).code, 'scope.insufficient');
  });

  it('refuses a query that it does not understand', async () => {
    assert.equal(problemOf(await readTrail('?cursor=garbage')).code, 'request.invalid');
    assert.equal(problemOf(await readTrail('?kind=weather')).code, 'request.invalid');
  });
});
