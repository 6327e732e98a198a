import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as decision from '@4runr/contracts/decision';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import {
  createServiceDatabase,
  evaluate,
  meshAuthorization,
  postBatch,
  postEvaluation,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let service: RunningService;
before(async () => {
  database = await createServiceDatabase();
  service = await startPolicyService(database.url);
});
after(async () => {
  await service.stop();
  await database.drop();
});

/** What an answer says, without what is new each time. */
function comparable({ decision: verdict, context }: decision.EvaluationResponse) {
  const { decisionId: _id, recordedAt, permit, policy, reasons, ...rest } = context;
  return {
    verdict,
    ...rest,
    hasPermit: permit !== undefined,
    isRecorded: recordedAt !== undefined,
    policy: policy?.name,
    reasons: reasons.map(({ policy: of, ...reason }) => ({ ...reason, policy: of?.name })),
  };
}

describe('the provider’s side of the decision contract', () => {
  it('answers the example of a call that is allowed as the example of an answer says', async () => {
    const answer = await evaluate(service.url, decision.evaluationRequestExample);
    assert.deepEqual(comparable(answer), comparable(decision.allowedResponseExample));
  });

  it('answers the example of a call that is denied as the example of an answer says', async () => {
    const answer = await evaluate(service.url, decision.deniedRequestExample);
    assert.deepEqual(comparable(answer), comparable(decision.deniedResponseExample));
  });

  it('answers the example of an acting agent as the example of an answer says', async () => {
    const answer = await evaluate(service.url, decision.actorRequestExample);
    assert.deepEqual(comparable(answer), comparable(decision.actorDeniedResponseExample));
  });

  it('answers the example of a dry run without a permit', async () => {
    const answer = await evaluate(service.url, decision.dryRunRequestExample);
    assert.equal(answer.decision, true);
    assert.equal('permit' in answer.context, false);
  });

  it('answers with the members of the contract and no others', async () => {
    const response = await postEvaluation(service.url, decision.evaluationRequestExample);
    const body: unknown = await response.json();
    assert.deepEqual(decision.evaluationResponseSchema.parse(body), body);
    assert.equal(response.headers.get('cache-control'), 'no-store');
  });

  it('answers the example of a batch as the example of an answer says', async () => {
    const response = await postBatch(service.url, decision.evaluationsRequestExample);
    const body: unknown = await response.json();
    assert.deepEqual(decision.evaluationsResponseSchema.parse(body), body);
    const answers = (body as decision.EvaluationsResponse).evaluations;
    assert.deepEqual(
      answers.map(({ decision: verdict }) => verdict),
      decision.evaluationsResponseExample.evaluations.map(({ decision: verdict }) => verdict),
    );
    assert.equal(response.headers.get('cache-control'), 'no-store');
  });

  it('gives a caller’s request id back', async () => {
    const headers = { ...meshAuthorization(), 'x-request-id': 'r-1' };
    const response = await postEvaluation(service.url, decision.evaluationRequestExample, headers);
    assert.equal(response.headers.get('x-request-id'), 'r-1');
  });

  it('describes itself as the example does', async () => {
    const response = await fetch(`${service.url}${decision.authzenConfigurationPath}`);
    assert.deepEqual(await response.json(), decision.authzenConfigurationExample);
  });
});
