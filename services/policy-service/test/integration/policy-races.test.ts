import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Policy, policyHistorySchema } from '@4runr/contracts/policy';
import { type Operate, operatorOf, policyIn } from '../fixtures/operating.ts';
import { issuer, startTokenIssuer, type TokenIssuer } from '../fixtures/operator-tokens.ts';
import {
  createServiceDatabase,
  evaluate,
  eventually,
  type PolicyServiceUnderTest,
  questionOf,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let tokens: TokenIssuer;
let replicas: PolicyServiceUnderTest[];
let operators: Operate[];
before(async () => {
  database = await createServiceDatabase();
  tokens = await startTokenIssuer();
  const settings = { AUTH_SERVICE_URL: tokens.url, PUBLIC_URL: issuer };
  replicas = await Promise.all([
    startPolicyService(database.url, settings),
    startPolicyService(database.url, settings),
  ]);
  operators = replicas.map(({ url }) => operatorOf(tokens, () => url));
});
after(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await tokens.close();
  await database.drop();
});

const count = 12;

/** Asks as many times at once, by turns at the replicas. */
function atOnce(ask: (operate: Operate, index: number) => Promise<Response>): Promise<Response[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const operate = operators[index % operators.length];
      assert.ok(operate);
      return ask(operate, index);
    }),
  );
}

const statusesOf = (responses: readonly Response[]) => responses.map(({ status }) => status).sort();
const documentOf = (name: string, index = 0): Policy => ({
  name,
  subjects: { roles: [name] },
  allow: [`serpapi:action${index}`],
});

async function historyOf(name: string) {
  const response = await operators[0]?.(`/v1/policies/${name}/versions`);
  return policyHistorySchema.parse(await response?.json()).items.toReversed();
}

describe('of changes at the same time, on two replicas', () => {
  it('one creation succeeds, and the others conflict', async () => {
    const responses = await atOnce((operate, index) =>
      operate('/v1/policies', { method: 'POST', body: documentOf('raced', index) }),
    );
    assert.deepEqual(statusesOf(responses), [201, ...Array.from({ length: count - 1 }, () => 409)]);
    assert.equal((await historyOf('raced')).length, 1);
  });

  it('one that is based on the same state succeeds, and no other', async () => {
    const created = await operators[0]?.('/v1/policies', { method: 'POST', body: documentOf('based') });
    const ifMatch = created?.headers.get('etag') ?? '';
    const responses = await atOnce((operate, index) =>
      operate('/v1/policies/based', { method: 'PUT', body: documentOf('based', index + 1), ifMatch }),
    );
    assert.deepEqual(statusesOf(responses), [200, ...Array.from({ length: count - 1 }, () => 412)]);
    const winner = responses.find(({ status }) => status === 200);
    assert.ok(winner);
    const { version } = await policyIn(winner);
    assert.deepEqual(
      (await historyOf('based')).map((entry) => entry.version),
      [ifMatch.slice(1, -1), version],
    );
  });

  it('all that hold in any state succeed, one after the other', async () => {
    await operators[0]?.('/v1/policies', { method: 'POST', body: documentOf('any') });
    const responses = await atOnce((operate, index) =>
      operate('/v1/policies/any', { method: 'PUT', body: documentOf('any', index + 1), ifMatch: '*' }),
    );
    assert.deepEqual(
      statusesOf(responses),
      Array.from({ length: count }, () => 200),
    );
    const history = await historyOf('any');
    assert.deepEqual(
      history.map(({ number }) => number),
      Array.from({ length: count + 1 }, (_, index) => index + 1),
    );
    const times = history.map(({ at }) => at);
    assert.deepEqual(times.toSorted(), times);
    const audited = await database.kysely
      .selectFrom('audit_items')
      .select('body')
      .where('action', '=', 'policy.update')
      .orderBy('at')
      .execute();
    const ofThis = audited
      .map(({ body }) => body)
      .filter((item) => item.kind === 'operator_change')
      .filter(({ target }) => target.id === 'any');
    assert.deepEqual(
      ofThis.map(({ after }) => after),
      history.slice(1).map(({ document }) => document),
    );
  });

  it('the last one is what every replica decides by', async () => {
    const last = (await historyOf('any')).at(-1)?.document?.allow?.[0] ?? '';
    for (const { url } of replicas) {
      const question = questionOf('any', last, { dryRun: true });
      await eventually(async () => (await evaluate(url, question)).decision, 10_000);
    }
  });

  it('a deletion and an update leave either nothing or the update’s refusal', async () => {
    await operators[0]?.('/v1/policies', { method: 'POST', body: documentOf('doomed') });
    const responses = await atOnce((operate, index) =>
      index === 5
        ? operate('/v1/policies/doomed', { method: 'DELETE', ifMatch: '*' })
        : operate('/v1/policies/doomed', {
            method: 'PUT',
            body: documentOf('doomed', index + 1),
            ifMatch: '*',
          }),
    );
    const allowed = new Set([200, 204, 404]);
    assert.ok(responses.every(({ status }) => allowed.has(status)));
    assert.equal(responses[5]?.status, 204);
    const history = await historyOf('doomed');
    assert.equal(history.at(-1)?.change, 'delete');
    assert.equal(history.length, 2 + responses.filter(({ status }) => status === 200).length);
  });
});
