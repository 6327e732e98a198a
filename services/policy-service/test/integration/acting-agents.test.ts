import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ActingAgent, type EvaluationRequest, reasonsMax } from '@4runr/contracts/decision';
import { problemSchema } from '@4runr/contracts/problem';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { verifyPermit } from '@4runr/service-kit/mesh';
import {
  activate,
  adapterKeyring,
  createServiceDatabase,
  evaluate,
  eventually,
  postEvaluation,
  questionOf,
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

const url = ['https://example.com/'];

/** A question about one fetch by an agent of the first role, for which agents of the other roles act. */
function fetchBy(role: string, ...actors: string[]): EvaluationRequest {
  const question = questionOf(role, 'http_fetch:get', { facts: { url, model: [], recipient: [] } });
  const act = actors.reduceRight<ActingAgent | undefined>(
    (inner, actor, index) => ({ id: `agt_actor_${index}`, role: actor, ...(inner && { act: inner }) }),
    undefined,
  );
  return { ...question, subject: { ...question.subject, properties: { role, act: act ?? null } } };
}

describe('an agent that acts for another', () => {
  it('may do what both may, by a permit that names the subject', async () => {
    const question = fetchBy('scraper', 'enricher');
    const { decision, context } = await evaluate(service.url, question);
    assert.equal(decision, true);
    const call = { scope: question.action.name, ...question.context };
    const permit = verifyPermit(adapterKeyring('adapter-http-fetch'), context.permit ?? '', call);
    assert.equal(permit.sub, 'agt_1');
  });

  for (const actors of [['engager'], ['enricher', 'engager'], ['engager', 'enricher', 'scraper']]) {
    it(`may not do what one of ${actors} may not`, async () => {
      const { decision, context } = await evaluate(service.url, fetchBy('scraper', ...actors));
      assert.equal(decision, false);
      assert.equal(context.permit, undefined);
      assert.equal(context.reasons[0]?.agent, `agt_actor_${actors.indexOf('engager')}`);
    });
  }

  it('gains nothing by acting for one who may less', async () => {
    const { decision, context } = await evaluate(service.url, fetchBy('engager', 'scraper'));
    assert.equal(decision, false);
    assert.equal(context.reasons[0]?.agent, 'agt_1');
  });

  it('is no more allowed than it is understood: longer chains are refused', async () => {
    const chain = fetchBy('scraper', 'scraper', 'scraper', 'scraper', 'scraper');
    const response = await postEvaluation(service.url, chain);
    assert.deepEqual(
      [response.status, problemSchema.parse(await response.json()).code],
      [400, 'request.invalid'],
    );
  });

  it('is answered within the contract, however many policies deny all of them', async () => {
    const denying = Array.from({ length: reasonsMax }, (_, index) => ({
      name: `no-fetch-${index}`,
      subjects: { roles: ['banned'] },
      deny: ['http_fetch:get'],
    }));
    for (const document of denying) await activate(database.kysely, document);
    await eventually(async () => {
      const { context } = await evaluate(service.url, fetchBy('banned', 'banned', 'banned'));
      return context.reasons.length === reasonsMax;
    }, 10_000);
  });
});
