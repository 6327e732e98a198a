import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EvaluationRequest } from '@4runr/contracts/decision';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import {
  activate,
  createServiceDatabase,
  evaluate,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
  storedRecordOf,
} from '../fixtures/policy-service-under-test.ts';
import { loadRecordCases, type RecordedCall, toExpectable } from '../fixtures/record-case.ts';

const cases = loadRecordCases();

let database: ServiceDatabase;
let service: RunningService;
before(async () => {
  database = await createServiceDatabase();
  // A first start makes the tables; the next one knows the policies of all cases from the beginning.
  await (await startPolicyService(database.url)).stop();
  for (const policy of cases.flatMap(({ policies }) => policies)) await activate(database.kysely, policy);
  service = await startPolicyService(database.url);
});
after(async () => {
  await service.stop();
  await database.drop();
});

for (const { name, calls } of cases) {
  describe(name, () => {
    for (const call of calls) {
      it(call.it, async () => {
        const question = toQuestion(call);
        await evaluate(service.url, question);
        assert.deepEqual(toExpectable(await storedRecordOf(database, question)), call.record);
      });
    }
  });
}

function toQuestion({ role, act, scope, context }: RecordedCall): EvaluationRequest {
  const question = questionOf(role, scope, context);
  return { ...question, subject: { ...question.subject, properties: { role, act: act ?? null } } };
}
