import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  evaluationPath,
  evaluationRequestExample,
  evaluationResponseSchema,
} from '@4runr/contracts/decision';
import { problemSchema } from '@4runr/contracts/problem';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import fc from 'fast-check';
import {
  activate,
  createServiceDatabase,
  evaluate,
  eventually,
  meshAuthorization,
  postEvaluation,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let service: RunningService;
before(async () => {
  database = await createServiceDatabase();
  service = await startPolicyService(database.url, { BODY_BYTES_MAX: '100000' });
});
after(async () => {
  await service.stop();
  await database.drop();
});

async function assertProblem(response: Response, status: number, code: string): Promise<void> {
  const problem = problemSchema.parse(await response.json());
  assert.deepEqual([response.status, problem.code], [status, code]);
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
}

describe('who may ask', () => {
  const headers: Record<string, [headers: Record<string, string>, status: number, code: string]> = {
    'nobody without a token': [{}, 401, 'token.missing'],
    'nobody with another scheme': [{ authorization: 'Basic eDp5' }, 401, 'token.invalid'],
    'nobody with garbage': [{ authorization: 'Bearer a.b.c' }, 401, 'token.invalid'],
    'no caller with a token for another service': [
      meshAuthorization('proxy-service', 'auth-service'),
      401,
      'token.invalid',
    ],
    'no service but the proxy': [meshAuthorization('adapter-serpapi'), 403, 'scope.insufficient'],
  };
  for (const [name, [given, status, code]] of Object.entries(headers)) {
    it(name, async () => {
      await assertProblem(await postEvaluation(service.url, evaluationRequestExample, given), status, code);
    });
  }
});

describe('what cannot be asked', () => {
  const { context } = evaluationRequestExample;
  const bodies: Record<string, unknown> = {
    'broken JSON': '{"subject":',
    'no object': '7',
    null: 'null',
    'an empty body': '',
    'an empty object': {},
    'an operator as subject': { ...evaluationRequestExample, subject: { type: 'operator', id: 'x' } },
    'an acting agent': {
      ...evaluationRequestExample,
      subject: { type: 'agent', id: 'a', properties: { role: 'scraper', act: { id: 'b' } } },
    },
    'an unknown kind of fact': {
      ...evaluationRequestExample,
      context: { ...context, facts: { ...context.facts, phone: ['1'] } },
    },
    'half of a surrogate pair': JSON.stringify(evaluationRequestExample).replace('opening', '\\ud800'),
    'a number too large for a double': JSON.stringify(evaluationRequestExample).replace(
      '"opening hours"',
      '1e999',
    ),
  };
  for (const [name, body] of Object.entries(bodies)) {
    it(`${name}: 400`, async () => {
      await assertProblem(await postEvaluation(service.url, body), 400, 'request.invalid');
    });
  }

  it('says where the faults are', async () => {
    const body = {
      ...evaluationRequestExample,
      action: { name: 'serpapi:Search' },
      context: { ...context, requestBytes: -1 },
    };
    const problem = problemSchema.parse(await (await postEvaluation(service.url, body)).json());
    assert.deepEqual(
      problem.errors?.map(({ pointer }) => pointer),
      ['/action/name', '/context/requestBytes'],
    );
  });

  it('a body over the limit: 413', async () => {
    await assertProblem(await postEvaluation(service.url, `"${'x'.repeat(100_000)}"`), 413, 'body.too_large');
  });

  it('another content type: 415', async () => {
    const headers = { ...meshAuthorization(), 'content-type': 'text/plain' };
    await assertProblem(await postEvaluation(service.url, '{}', headers), 415, 'media_type.unsupported');
  });

  it('by another method: 405, elsewhere: 404', async () => {
    const get = await fetch(`${service.url}${evaluationPath}`);
    assert.equal(get.headers.get('allow'), 'POST');
    await assertProblem(get, 405, 'method.unsupported');
    await assertProblem(
      await fetch(`${service.url}/access/v1/search/subject`, { method: 'POST' }),
      404,
      'route.unknown',
    );
  });

  it('parameters as deeply nested as the proxy takes them can be asked about, deeper ones not', async () => {
    const nestedBy = (levels: number) => {
      const value = `${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}`;
      return JSON.stringify(questionOf('scraper', 'serpapi:search', { params: { q: 'deep' } })).replace(
        '"deep"',
        value,
      );
    };
    assert.equal((await postEvaluation(service.url, nestedBy(100))).status, 200);
    await assertProblem(await postEvaluation(service.url, nestedBy(40_000)), 400, 'request.invalid');
  });

  it('a call of a tool that no permit can be made for: 503, never an answer without one', async () => {
    await activate(database.kysely, {
      name: 'future',
      subjects: { roles: ['analyst'] },
      allow: ['made_up:act'],
    });
    const question = questionOf('analyst', 'made_up:act');
    const dryRun = { ...question, context: { ...question.context, dryRun: true } };
    await eventually(async () => (await evaluate(service.url, dryRun)).decision, 10_000);
    await assertProblem(await postEvaluation(service.url, question), 503, 'service.unavailable');
  });

  it('any JSON at all is answered with a decision or a refusal, never with a failure', async () => {
    const anything = fc.oneof(
      fc.json(),
      fc
        .object({ key: fc.constantFrom('subject', 'action', 'resource', 'context', 'type', 'id', 'name') })
        .map((body) => JSON.stringify(body)),
      fc
        .jsonValue()
        .map((params) =>
          JSON.stringify(
            questionOf('scraper', 'serpapi:search', { params: params as Record<string, unknown> }),
          ),
        ),
      fc.array(fc.string({ unit: 'binary' })).map((values) => {
        const facts = { url: values, model: values, recipient: values };
        return JSON.stringify({ ...questionOf('engager', 'gmail_send:send', { facts }) });
      }),
    );
    const answered = async (body: string) => {
      const response = await postEvaluation(service.url, body);
      const answer: unknown = await response.json();
      if (response.status === 200) evaluationResponseSchema.parse(answer);
      else assert.equal(problemSchema.parse(answer).code, 'request.invalid');
    };
    await fc.assert(fc.asyncProperty(anything, answered), { numRuns: 300 });
  });
});
