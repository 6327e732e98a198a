import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type EvaluationsRequest,
  type EvaluationsResponse,
  type EvaluationsSemantic,
  evaluationResponseSchema,
  evaluationsMax,
  evaluationsResponseSchema,
} from '@4runr/contracts/decision';
import { problemSchema } from '@4runr/contracts/problem';
import { verifyPermit } from '@4runr/service-kit/mesh';
import fc from 'fast-check';
import {
  adapterKeyring,
  createServiceDatabase,
  meshAuthorization,
  type PolicyServiceUnderTest,
  postBatch,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let service: PolicyServiceUnderTest;
before(async () => {
  database = await createServiceDatabase();
  service = await startPolicyService(database.url);
});
after(async () => {
  await service.stop();
  await database.drop();
});

const allowed = questionOf('scraper', 'serpapi:search');
const denied = questionOf('scraper', 'gmail_send:send');
const malformed = { ...allowed, action: { name: 'search' } };

async function ask(batch: EvaluationsRequest): Promise<EvaluationsResponse['evaluations']> {
  const response = await postBatch(service.url, batch);
  assert.equal(response.status, 200);
  return evaluationsResponseSchema.parse(await response.json()).evaluations;
}

const verdictsOf = (answers: EvaluationsResponse['evaluations']) => answers.map(({ decision }) => decision);

describe('a batch', () => {
  it('is answered in the order of its questions', async () => {
    const answers = await ask({ evaluations: [allowed, denied, allowed] });
    assert.deepEqual(verdictsOf(answers), [true, false, true]);
  });

  const semantics: [EvaluationsSemantic, questions: object[], verdicts: boolean[]][] = [
    ['execute_all', [denied, allowed, denied], [false, true, false]],
    ['deny_on_first_deny', [allowed, denied, allowed], [true, false]],
    ['deny_on_first_deny', [allowed, malformed, allowed], [true, false]],
    ['deny_on_first_deny', [allowed, allowed], [true, true]],
    ['permit_on_first_permit', [denied, allowed, denied], [false, true]],
    ['permit_on_first_permit', [malformed, allowed, denied], [false, true]],
    ['permit_on_first_permit', [denied, denied], [false, false]],
  ];
  for (const [evaluations_semantic, evaluations, verdicts] of semantics) {
    it(`${evaluations_semantic} of ${evaluations.length} questions ends after ${verdicts.length}`, async () => {
      const answers = await ask({ evaluations, options: { evaluations_semantic } });
      assert.deepEqual(verdictsOf(answers), verdicts);
    });
  }

  it('takes the members at its top for those that a question lacks, whole and not merged', async () => {
    const { subject, action, resource, context } = allowed;
    const other = { type: 'agent', id: 'agt_2', properties: { role: 'engager', act: null } };
    const dryRun = { ...context, dryRun: true };
    const answers = await ask({
      ...{ subject, action, resource, context: dryRun },
      evaluations: [{}, { subject: other }, { context }, { context: { dryRun: true } }],
    });
    const [own, ofOther, withPermit, unmerged] = answers;
    assert.deepEqual(verdictsOf(answers), [true, false, true, false]);
    assert.ok(own && !('permit' in own.context));
    assert.ok(ofOther && !('error' in ofOther.context));
    assert.ok(withPermit && 'permit' in withPermit.context);
    assert.ok(unmerged && 'error' in unmerged.context);
  });

  it('gives every call that it allows a permit of its own', async () => {
    const page = questionOf('scraper', 'http_fetch:get', { callId: 'call_2' });
    const [first, second] = await ask({ evaluations: [allowed, page] });
    assert.ok(first && second && 'permit' in first.context && 'permit' in second.context);
    const { callId, params } = page.context;
    const call = { scope: page.action.name, callId, params };
    const permit = verifyPermit(adapterKeyring('adapter-http-fetch'), second.context.permit ?? '', call);
    assert.equal(permit.decisionId, second.context.decisionId);
    assert.notEqual(first.context.decisionId, second.context.decisionId);
  });

  it('says of a question that cannot be answered why, and answers the others', async () => {
    const answers = await ask({ evaluations: [malformed, 7, allowed] });
    assert.deepEqual(verdictsOf(answers), [false, false, true]);
    const [bad] = answers;
    assert.ok(bad && 'error' in bad.context);
    assert.deepEqual([bad.context.error.status, bad.context.error.code], [400, 'request.invalid']);
    assert.match(bad.context.error.message, /\/action\/name: /);
  });

  it('without questions is itself a question', async () => {
    for (const body of [allowed, { ...allowed, evaluations: [] }]) {
      const response = await postBatch(service.url, body);
      assert.equal(evaluationResponseSchema.parse(await response.json()).decision, true);
    }
  });

  it('counts what it decides, and no dry run', async () => {
    const decisions = async () => {
      const text = await (await fetch(`${service.url}/metrics`)).text();
      return Number(
        /^gateway_policy_decision_duration_ms_count\{.*decision="deny".*\} (.*)$/m.exec(text)?.[1],
      );
    };
    const before = await decisions();
    const dryRun = { ...denied, context: { ...denied.context, dryRun: true } };
    await ask({ evaluations: [denied, dryRun, denied, malformed] });
    assert.equal((await decisions()) - before, 2);
  });
});

describe('a batch that is refused', () => {
  const bodies: Record<string, unknown> = {
    'no object': [],
    'questions that are no list': { evaluations: {} },
    'a semantic that nobody knows': { evaluations: [allowed], options: { evaluations_semantic: 'maybe' } },
    'too many questions': { evaluations: Array.from({ length: evaluationsMax + 1 }, () => allowed) },
    'no question and no defaults': { evaluations: [] },
  };
  for (const [name, body] of Object.entries(bodies)) {
    it(`${name}: 400`, async () => {
      const response = await postBatch(service.url, body);
      assert.deepEqual(
        [response.status, problemSchema.parse(await response.json()).code],
        [400, 'request.invalid'],
      );
    });
  }

  it('from whoever is not the proxy', async () => {
    const response = await postBatch(
      service.url,
      { evaluations: [allowed] },
      meshAuthorization('adapter-serpapi'),
    );
    assert.equal(response.status, 403);
    assert.equal((await postBatch(service.url, { evaluations: [allowed] }, {})).status, 401);
  });

  it('whatever it holds, never fails', async () => {
    const part = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(allowed)));
    const members = fc.record(
      { subject: part, action: part, resource: part, context: part, evaluations: part, options: part },
      { requiredKeys: [] },
    );
    const batch = fc.oneof(
      fc.jsonValue(),
      members,
      fc.record({ evaluations: fc.array(members), context: part }),
    );
    const answered = async (body: unknown) => {
      const response = await postBatch(service.url, body);
      const answer: unknown = await response.json();
      if (response.status !== 200) assert.equal(problemSchema.parse(answer).code, 'request.invalid');
      else if (answer !== null && Object.hasOwn(answer as object, 'evaluations'))
        evaluationsResponseSchema.parse(answer);
      else evaluationResponseSchema.parse(answer);
    };
    await fc.assert(fc.asyncProperty(batch, answered), { numRuns: 300 });
  });
});
