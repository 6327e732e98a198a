import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type Policy,
  type PolicyHistory,
  policyHistoryExample,
  policyHistorySchema,
} from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';
import { type Operate, operatorOf, policyIn, problemIn } from '../fixtures/operating.ts';
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
let service: PolicyServiceUnderTest;
let operate: Operate;
before(async () => {
  database = await createServiceDatabase();
  tokens = await startTokenIssuer();
  service = await startPolicyService(database.url, { AUTH_SERVICE_URL: tokens.url, PUBLIC_URL: issuer });
  operate = operatorOf(tokens, () => service.url);
});
after(async () => {
  await service.stop();
  await tokens.close();
  await database.drop();
});

const create = (body: Policy) => operate('/v1/policies', { method: 'POST', body });
const put = (body: Policy) => operate(`/v1/policies/${body.name}`, { method: 'PUT', body, ifMatch: '*' });
const remove = (name: string) => operate(`/v1/policies/${name}`, { method: 'DELETE', ifMatch: '*' });
const rollBack = (name: string, version: unknown, ifMatch: string | undefined = '*') =>
  operate(`/v1/policies/${name}/rollback`, {
    method: 'POST',
    body: { version },
    ...(ifMatch === '' ? {} : { ifMatch }),
  });

async function historyOf(name: string, query = ''): Promise<PolicyHistory> {
  const response = await operate(`/v1/policies/${name}/versions${query}`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return policyHistorySchema.parse(await response.json());
}

/** Three documents of one policy, that allow searching, fetching, and nothing. */
function documentsOf(name: string): [Policy, Policy, Policy] {
  const least = { name, subjects: { roles: [name] } };
  return [{ ...least, allow: ['serpapi:search'] }, { ...least, allow: ['http_fetch:get'] }, least];
}

const mayCall = async (role: string, scope: string) =>
  (await evaluate(service.url, questionOf(role, scope))).decision;

describe('the history of a policy', () => {
  it('says what was done, when and by whom, and stays when the policy is deleted', async () => {
    const [first, second] = documentsOf('told');
    await create(first);
    await put(second);
    await remove('told');
    await create(first);
    const { items, nextCursor } = await historyOf('told');
    assert.deepEqual(
      items.map(({ at: _at, ...entry }) => entry),
      [
        { number: 4, change: 'create', version: policyVersion(first), document: first, by: 'opr_1' },
        { number: 3, change: 'delete', version: null, document: null, by: 'opr_1' },
        { number: 2, change: 'update', version: policyVersion(second), document: second, by: 'opr_1' },
        { number: 1, change: 'create', version: policyVersion(first), document: first, by: 'opr_1' },
      ],
    );
    const times = items.map(({ at }) => at);
    assert.deepEqual(times.toSorted().toReversed(), times);
    assert.equal(nextCursor, null);
  });

  it('of a built-in policy begins with the system', async () => {
    const { items } = await historyOf('engager');
    assert.deepEqual(
      items.map(({ change, by }) => [change, by]),
      [['create', 'system']],
    );
  });

  it('comes a page at a time', async () => {
    const [first, second] = documentsOf('paged');
    await create(first);
    for (let update = 0; update < 4; update += 1) await put(update % 2 === 0 ? second : first);
    const numbers: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: PolicyHistory = await historyOf(
        'paged',
        `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      numbers.push(...page.items.map(({ number }) => number));
      cursor = page.nextCursor;
    }
    assert.deepEqual(numbers, [5, 4, 3, 2, 1]);
  });

  it('is in the form of the example', async () => {
    const members = Object.keys(policyHistoryExample.items[0] ?? {}).sort();
    const { items } = await historyOf('scraper');
    assert.deepEqual(Object.keys(items[0] ?? {}).sort(), members);
  });

  it('of a name that never was is not found', async () => {
    for (const name of ['never', 'No', '%00']) {
      assert.equal((await problemIn(await operate(`/v1/policies/${name}/versions`))).code, 'policy.unknown');
    }
  });

  for (const query of [
    'limit=0',
    'limit=101',
    'cursor=x',
    'cursor=0',
    'cursor=1.5',
    'cursor=99999999999',
    'x=1',
  ]) {
    it(`refuses the query ${query}`, async () => {
      const response = await operate(`/v1/policies/scraper/versions?${query}`);
      assert.equal((await problemIn(response)).code, 'request.invalid');
    });
  }
});

describe('a rollback', () => {
  it('makes an old version active again, as a new entry', async () => {
    const [first, second] = documentsOf('back');
    const { version } = await policyIn(await create(first), 201);
    const updated = await policyIn(await put(second));
    const rolledBack = await policyIn(await rollBack('back', version, `"${updated.version}"`));
    assert.deepEqual(rolledBack.document, first);
    assert.deepEqual(await policyIn(await operate('/v1/policies/back')), rolledBack);
    const { items } = await historyOf('back');
    assert.deepEqual(
      items.map(({ number, change }) => [number, change]),
      [
        [3, 'rollback'],
        [2, 'update'],
        [1, 'create'],
      ],
    );
    await eventually(() => mayCall('back', 'serpapi:search'), 10_000);
    assert.equal(await mayCall('back', 'http_fetch:get'), false);
  });

  it('to what is active changes nothing', async () => {
    const [first] = documentsOf('still');
    const { version } = await policyIn(await create(first), 201);
    assert.equal((await policyIn(await rollBack('still', version))).version, version);
    assert.equal((await historyOf('still')).items.length, 1);
  });

  it('reaches behind a deletion, once the name is taken again', async () => {
    const [first, second] = documentsOf('behind');
    const { version } = await policyIn(await create(first), 201);
    await remove('behind');
    assert.equal((await problemIn(await rollBack('behind', version))).code, 'policy.unknown');
    await create(second);
    assert.deepEqual((await policyIn(await rollBack('behind', version))).document, first);
  });

  it('needs If-Match, and a policy in that state', async () => {
    const [first, second] = documentsOf('held');
    const { version } = await policyIn(await create(first), 201);
    await put(second);
    assert.equal((await problemIn(await rollBack('held', version, ''))).code, 'precondition.required');
    const stale = await rollBack('held', version, `"${version}"`);
    assert.equal((await problemIn(stale)).code, 'precondition.failed');
  });

  it('needs a version of this policy', async () => {
    const [first] = documentsOf('own');
    await create(first);
    const ofAnother = (await policyIn(await operate('/v1/policies/scraper'))).version;
    for (const version of [ofAnother, `sha256:${'0'.repeat(64)}`, 'sha256:x', 1, null]) {
      const problem = await problemIn(await rollBack('own', version));
      assert.deepEqual([problem.code, problem.errors?.[0]?.pointer], ['params.invalid', '/version']);
    }
  });

  it('to a document that is not understood any more is refused', async () => {
    const [first, second] = documentsOf('foreign');
    await create(first);
    const version = `sha256:${'1'.repeat(64)}`;
    await database.kysely
      .insertInto('policy_versions')
      .values({
        name: 'foreign',
        number: 2,
        change: 'update',
        version,
        document: JSON.stringify({ ...second, horoscope: 'Leo' }),
        created_by: 'opr_1',
      })
      .execute();
    const problem = await problemIn(await rollBack('foreign', version));
    assert.deepEqual([problem.code, problem.errors?.[0]?.pointer], ['params.invalid', '/version']);
  });
});
