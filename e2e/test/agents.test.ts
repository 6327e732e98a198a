import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema } from '@4runr/contracts/audit';
import { type Answer, ask, askAsOperator, callTool, problemOf } from './mesh/gateway.ts';

interface EnrolledAgent {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

let agent: EnrolledAgent;
beforeEach(async () => {
  const registration = { name: 'e2e agent', role: 'scraper', authMethod: 'client_secret_basic' };
  const answer = await askAsOperator('/v1/agents', 'POST', registration);
  assert.equal(answer.status, 201, answer.text);
  agent = answer.json as EnrolledAgent;
});

/** Posts a form to an OAuth endpoint as the agent. */
function postForm(endpoint: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  const basic = Buffer.from(`${agent.clientId}:${agent.clientSecret}`).toString('base64');
  return ask(`/oauth/${endpoint}`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

async function fetchAgentToken(): Promise<string> {
  const answer = await postForm('token', { grant_type: 'client_credentials' });
  return (answer.json as { access_token: string }).access_token;
}

const search = (token: string) => callTool('serpapi/search', { q: 'tea' }, { token });

/** The first answer that is as wished, within a time that the design promises. */
async function within(ms: number, attempt: () => Promise<Answer>, isWished: (answer: Answer) => boolean) {
  const until = performance.now() + ms;
  for (;;) {
    const answer = await attempt();
    if (isWished(answer)) return answer;
    assert.ok(performance.now() < until, `after ${ms} ms still ${answer.status} ${answer.text}`);
    await wait(20);
  }
}

const isRefused = ({ status }: Answer) => status === 401;

describe('a token ends within a second, through the edge', () => {
  it('when its agent is suspended', async () => {
    const token = await fetchAgentToken();
    assert.equal((await search(token)).status, 200);
    const answer = await askAsOperator(`/v1/agents/${agent.id}`, 'PATCH', { status: 'suspended' });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(problemOf(await within(1_000, () => search(token), isRefused)).code, 'token.revoked');
    assert.equal((await postForm('token', { grant_type: 'client_credentials' })).status, 401);
  });

  it('when it is revoked by its agent; another one of the agent goes on', async () => {
    const [token, other] = [await fetchAgentToken(), await fetchAgentToken()];
    assert.equal((await search(token)).status, 200);
    assert.equal((await postForm('revoke', { token })).status, 200);
    assert.deepEqual((await postForm('introspect', { token })).json, { active: false });
    assert.equal(problemOf(await within(1_000, () => search(token), isRefused)).code, 'token.revoked');
    assert.equal((await search(other)).status, 200);
  });
});

describe('what an operator changes through the edge', () => {
  it('is in the audit trail within two seconds, who, what, before and after', async () => {
    await askAsOperator(`/v1/agents/${agent.id}`, 'PATCH', { status: 'suspended' });
    const changesOf = ({ json }: Answer) =>
      auditListSchema
        .parse(json)
        .items.filter((item) => item.kind === 'operator_change')
        .filter(({ target }) => target.id === agent.id);
    const answer = await within(
      2_000,
      () => askAsOperator('/v1/audit?kind=operator_change&limit=50', 'GET'),
      (list) => changesOf(list).length === 2,
    );
    const [suspension, creation] = changesOf(answer);
    assert.deepEqual([creation?.action, suspension?.action], ['agent.create', 'agent.suspend']);
    assert.equal(suspension?.before?.status, 'active');
    assert.equal(suspension.after?.status, 'suspended');
    assert.equal(JSON.stringify(answer.json).includes(agent.clientSecret), false);
  });
});
