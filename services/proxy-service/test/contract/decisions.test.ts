import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import * as decision from '@4runr/contracts/decision';
import { problemIn } from '../fixtures/calling.ts';
import { type ExampleMesh, startExampleMesh } from '../fixtures/example-mesh.ts';
import { answer } from '../fixtures/peer.ts';

let mesh: ExampleMesh;
before(async () => {
  mesh = await startExampleMesh();
});
after(() => mesh.close());
beforeEach(() => mesh.neighbours.reset());

const { subject, context } = decision.evaluationRequestExample;
const claims = { sub: subject.id, role: subject.properties.role };
const headers = { 'agent-intent': context.intent ?? '' };
const answering = (example: decision.EvaluationResponse) =>
  mesh.neighbours.policy.play((_received, response) => answer(response, example));

describe('the consumer’s side of the decision contract', () => {
  it('asks about the example’s call in the example’s words, but for an id of its own', async () => {
    await mesh.search({ claims, headers, body: JSON.stringify(context.params) });
    const [asked] = mesh.neighbours.policy.received;
    const { callId } = decision.evaluationRequestSchema.parse(asked?.body).context;
    assert.notEqual(callId, context.callId);
    assert.deepEqual(asked?.body, {
      ...decision.evaluationRequestExample,
      context: { ...context, callId },
    });
    assert.deepEqual([asked?.method, asked?.path], ['POST', decision.evaluationPath]);
  });

  it('names who acts for the subject as the example does', async () => {
    const asking = decision.actorRequestExample.subject;
    const act = (agent: decision.ActingAgent): object => ({
      ...{ sub: agent.id, client_id: agent.id, role: agent.role, epoch: 0 },
      ...(agent.act === undefined ? {} : { act: act(agent.act) }),
    });
    assert.ok(asking.properties.act);
    const exchanged = { sub: asking.id, role: asking.properties.role, act: act(asking.properties.act) };
    await mesh.search({ claims: exchanged, headers });
    const [asked] = mesh.neighbours.policy.received;
    assert.deepEqual(decision.evaluationRequestSchema.parse(asked?.body).subject, asking);
  });

  for (const example of [decision.allowedResponseExample, decision.obligedResponseExample]) {
    const { length } = example.context.obligations;
    it(`carries a call out that is allowed with ${length} obligation(s), by the permit that came along`, async () => {
      answering(example);
      assert.equal((await mesh.search()).status, 200);
      assert.equal(mesh.carriedOut()[0]?.headers['gateway-permit'], example.context.permit);
    });
  }

  for (const example of [decision.deniedResponseExample, decision.guardDeniedResponseExample]) {
    const rule = example.context.reasons[0]?.rule;
    it(`tells of a denial by ${rule}, and carries nothing out`, async () => {
      answering(example);
      const { code, reason, decisionId } = problemIn(await mesh.search());
      assert.deepEqual([code, reason, decisionId], ['policy.denied', rule, example.context.decisionId]);
      assert.deepEqual(mesh.carriedOut(), []);
    });
  }

  it('tells of a quota that is used up, when to try again, and carries nothing out', async () => {
    answering(decision.limitedResponseExample);
    const answered = await mesh.search();
    assert.equal(problemIn(answered).code, 'quota.exceeded');
    assert.deepEqual(
      [answered.headers['retry-after'], answered.headers.ratelimit, mesh.carriedOut()],
      ['3120', '"scraper/quotas/0";r=0;t=3120', []],
    );
  });

  it('tells with an answer what is left of the quotas that it counted for', async () => {
    answering(decision.countedResponseExample);
    const { status, headers: received } = await mesh.search();
    assert.deepEqual(
      [status, received.ratelimit, received['ratelimit-policy']],
      [200, '"scraper/quotas/0";r=58;t=3120', '"scraper/quotas/0";q=100;w=86400'],
    );
  });

  it('asks for a list of tools by one batch in the example’s words', async () => {
    const {
      subject: _subject,
      context: defaults,
      evaluations: [first] = [],
    } = decision.evaluationsRequestExample;
    await mesh.list({ claims, headers });
    const [asked, ...others] = mesh.neighbours.policy.received;
    assert.deepEqual([asked?.path, others.length], [decision.evaluationsPath, 0]);
    const batch = decision.evaluationsRequestSchema.parse(asked?.body);
    assert.deepEqual(batch.subject, decision.evaluationsRequestExample.subject);
    assert.deepEqual(withoutId(batch.context), withoutId(defaults));
    assert.deepEqual(Object.keys(batch.evaluations?.[0] as object), Object.keys(first as object));
  });
});

function withoutId(context: unknown): object {
  const { callId: _callId, ...rest } = context as { callId: string };
  return rest;
}
