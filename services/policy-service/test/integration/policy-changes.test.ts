import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditListSchema, type OperatorChange } from '@4runr/contracts/audit';
import { leastPolicyExample, type Policy, policyExample } from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';
import { createSeverableLink, type SeverableLink } from '@4runr/service-kit/testing';
import fc from 'fast-check';
import { dropPartitions } from '../../src/store/audit-partitions.ts';
import { type Operate, operatorOf, policyIn, problemIn, type Sent } from '../fixtures/operating.ts';
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
let link: SeverableLink;
let tokens: TokenIssuer;
let service: PolicyServiceUnderTest;
let operate: Operate;
before(async () => {
  database = await createServiceDatabase();
  link = await createSeverableLink(database.url);
  tokens = await startTokenIssuer();
  service = await startPolicyService(link.url, { AUTH_SERVICE_URL: tokens.url, PUBLIC_URL: issuer });
  operate = operatorOf(tokens, () => service.url);
});
after(async () => {
  await service.stop();
  await tokens.close();
  await link.close();
  await database.drop();
});

let names = 0;
/** A document whose name no other test has. */
function newDocument(rest: Partial<Policy> = {}): Policy {
  names += 1;
  return { name: `p${names}`, subjects: { roles: [`r${names}`] }, allow: ['serpapi:search'], ...rest };
}

const create = (body: unknown) => operate('/v1/policies', { method: 'POST', body });
const put = (name: string, sent: Sent) => operate(`/v1/policies/${name}`, { method: 'PUT', ...sent });
const remove = (name: string, ifMatch = '*') =>
  operate(`/v1/policies/${name}`, { method: 'DELETE', ifMatch });
const codeOf = async (response: Response) => (await problemIn(response)).code;

/** What the audit trail says of a policy, oldest first. */
async function trailOf(name: string): Promise<OperatorChange[]> {
  const response = await operate('/v1/audit?kind=operator_change&limit=500');
  const { items } = auditListSchema.parse(await response.json());
  const changes = items.filter((item) => item.kind === 'operator_change');
  return changes.filter(({ target }) => target.type === 'policy' && target.id === name).toReversed();
}

describe('POST /v1/policies', () => {
  it('stores a policy, and says where it is', async () => {
    const document = newDocument();
    const response = await create(document);
    assert.equal(response.headers.get('location'), `/v1/policies/${document.name}`);
    const created = await policyIn(response, 201);
    assert.deepEqual(created.document, document);
    assert.equal(created.version, policyVersion(document));
    assert.deepEqual(await policyIn(await operate(`/v1/policies/${document.name}`)), created);
  });

  it('takes every field that a document may have', async () => {
    const response = await create({ ...policyExample, name: 'every-field' });
    assert.deepEqual((await policyIn(response, 201)).document, { ...policyExample, name: 'every-field' });
  });

  it('decides by it within a second', async () => {
    const document = newDocument();
    const role = document.subjects.roles?.[0] ?? '';
    const question = questionOf(role, 'serpapi:search', { dryRun: true });
    assert.equal((await evaluate(service.url, question)).decision, false);
    await create(document);
    const from = performance.now();
    await eventually(async () => (await evaluate(service.url, question)).decision, 10_000);
    assert.ok(performance.now() - from < 1_000);
  });

  it('refuses a name that is active: 409', async () => {
    assert.equal(await codeOf(await create({ ...leastPolicyExample, name: 'scraper' })), 'conflict');
  });

  const invalid: Record<string, [change: object, pointers: string[]]> = {
    'an unknown field': [{ scopes: [] }, ['/scopes']],
    'unknown fields in two places': [{ x: 1, guards: { y: 1 } }, ['/guards/y', '/x']],
    'a name in capitals': [{ name: 'Nope' }, ['/name']],
    'a name that a path needs': [{ name: 'simulate' }, ['/name']],
    'no subjects': [{ subjects: {} }, ['/subjects']],
    'a scope that is none': [{ allow: ['serpapi:search', '*'] }, ['/allow/1']],
    'a condition that is none': [{ guards: { when: 'size(' } }, ['/guards/when']],
    'a domain that is none': [{ guards: { domains: { allow: ['a.*.b'] } } }, ['/guards/domains/allow/0']],
  };
  for (const [name, [change, pointers]] of Object.entries(invalid)) {
    it(`refuses ${name} by 422, and says where it is`, async () => {
      const problem = await problemIn(await create({ ...newDocument(), ...change }));
      assert.equal(problem.code, 'params.invalid');
      assert.deepEqual(problem.errors?.map(({ pointer }) => pointer).sort(), pointers);
    });
  }

  it('refuses what is no document at all', async () => {
    assert.equal(await codeOf(await operate('/v1/policies', { method: 'POST' })), 'request.invalid');
    assert.equal(await codeOf(await create('{"name":')), 'request.invalid');
    assert.equal(await codeOf(await create('null')), 'params.invalid');
    assert.equal(await codeOf(await create({ padding: 'x'.repeat(1_100_000) })), 'body.too_large');
    const nul = { ...newDocument(), subjects: { agents: ['a\0b'] } };
    assert.ok(['request.invalid', 'params.invalid'].includes(await codeOf(await create(nul))));
  });
});

describe('PUT /v1/policies/{name}', () => {
  it('makes a new version of a policy that is in the state that If-Match names', async () => {
    const document = newDocument();
    const { version, createdAt } = await policyIn(await create(document), 201);
    const changed = { ...document, deny: ['http_fetch:get'] };
    const updated = await policyIn(await put(document.name, { body: changed, ifMatch: `"${version}"` }));
    assert.deepEqual(updated.document, changed);
    assert.equal(updated.createdAt, createdAt);
    assert.ok(updated.updatedAt > createdAt);
    const again = await put(document.name, { body: document, ifMatch: `"${version}"` });
    assert.equal(await codeOf(again), 'precondition.failed');
    assert.deepEqual(await policyIn(await operate(`/v1/policies/${document.name}`)), updated);
  });

  it('takes * for any state', async () => {
    const document = newDocument();
    await create(document);
    const changed = { ...document, allow: [] };
    assert.deepEqual(
      (await policyIn(await put(document.name, { body: changed, ifMatch: '*' }))).document,
      changed,
    );
  });

  it('changes nothing by the same document, however it is laid out', async () => {
    const document = newDocument();
    const created = await policyIn(await create(document), 201);
    const body = JSON.stringify(Object.fromEntries(Object.entries(document).toReversed()), null, 4);
    assert.deepEqual(await policyIn(await put(document.name, { body, ifMatch: '*' })), created);
    assert.equal((await trailOf(document.name)).length, 1);
  });

  it('needs If-Match, and a strong tag', async () => {
    const document = newDocument();
    const { version } = await policyIn(await create(document), 201);
    const body = { ...document, allow: [] };
    assert.equal(await codeOf(await put(document.name, { body })), 'precondition.required');
    const weak = await put(document.name, { body, ifMatch: `W/"${version}"` });
    assert.equal(await codeOf(weak), 'precondition.failed');
  });

  it('refuses a document of another name', async () => {
    const document = newDocument();
    await create(document);
    const problem = await problemIn(await put(document.name, { body: newDocument(), ifMatch: '*' }));
    assert.deepEqual([problem.code, problem.errors?.[0]?.pointer], ['params.invalid', '/name']);
  });

  it('does not create', async () => {
    const document = newDocument();
    assert.equal(await codeOf(await put(document.name, { body: document, ifMatch: '*' })), 'policy.unknown');
    assert.equal(await codeOf(await put('Nope', { body: document, ifMatch: '*' })), 'policy.unknown');
  });
});

describe('DELETE /v1/policies/{name}', () => {
  it('ends a policy that is in the state that If-Match names', async () => {
    const document = newDocument();
    const { version } = await policyIn(await create(document), 201);
    const bare = await operate(`/v1/policies/${document.name}`, { method: 'DELETE' });
    assert.equal(await codeOf(bare), 'precondition.required');
    assert.equal(await codeOf(await remove(document.name, '"other"')), 'precondition.failed');
    const removed = await remove(document.name, `"${version}"`);
    assert.deepEqual([removed.status, await removed.text(), removed.headers.get('etag')], [204, '', null]);
    assert.equal(await codeOf(await operate(`/v1/policies/${document.name}`)), 'policy.unknown');
    assert.equal(await codeOf(await remove(document.name)), 'policy.unknown');
  });

  it('frees the name: it can be created anew', async () => {
    const document = newDocument();
    await create(document);
    await remove(document.name);
    assert.equal((await create({ ...document, deny: ['openai:chat'] })).status, 201);
  });
});

describe('a change', () => {
  it('is in the audit trail with its effect: who, what, before and after', async () => {
    const document = newDocument();
    const changed = { ...document, allow: [] };
    await create(document);
    await put(document.name, { body: changed, ifMatch: '*' });
    const version = policyVersion(document);
    await operate(`/v1/policies/${document.name}/rollback`, {
      method: 'POST',
      body: { version },
      ifMatch: '*',
    });
    await remove(document.name);
    const trail = await trailOf(document.name);
    assert.deepEqual(
      trail.map(({ action, before, after }) => ({ action, before, after })),
      [
        { action: 'policy.create', before: null, after: document },
        { action: 'policy.update', before: document, after: changed },
        { action: 'policy.rollback', before: changed, after: document },
        { action: 'policy.delete', before: document, after: null },
      ],
    );
    for (const { operator, target, traceId } of trail) {
      assert.deepEqual([operator, target], ['opr_1', { type: 'policy', id: document.name }]);
      assert.match(traceId ?? '', /^[0-9a-f]{32}$/);
    }
  });

  it('that is refused leaves no trace', async () => {
    const document = newDocument();
    await create(document);
    await create(document);
    await put(document.name, { body: { ...document, allow: [] }, ifMatch: '"other"' });
    assert.equal((await trailOf(document.name)).length, 1);
  });

  it('needs the scope to write', async () => {
    const reader = await tokens.authorize({ role: 'operator', scope: 'policies:read' });
    const agent = await tokens.authorize({ role: 'scraper', scope: 'policies:write' });
    const path = '/v1/policies/scraper';
    for (const [method, target] of [
      ['POST', '/v1/policies'],
      ['PUT', path],
      ['DELETE', path],
      ['POST', `${path}/rollback`],
    ] as const) {
      for (const headers of [reader, agent]) {
        const response = await operate(target, { method, headers, ifMatch: '*', body: {} });
        assert.equal(await codeOf(response), 'scope.insufficient', `${method} ${target}`);
      }
    }
  });

  it('is answered 503 while Postgres is away, and can be made when it is back', async () => {
    const document = newDocument();
    await link.sever();
    try {
      assert.equal(await codeOf(await create(document)), 'service.unavailable');
      assert.equal(await codeOf(await remove('scraper')), 'service.unavailable');
    } finally {
      await link.mend();
    }
    await eventually(async () => [201, 409].includes((await create(document)).status), 10_000);
  });

  it('made in a month without a partition makes the partition', async () => {
    const nextYear = new Date(Date.now() + 365 * 86_400_000);
    assert.ok((await dropPartitions(database.kysely, nextYear)).length > 0);
    const document = newDocument();
    assert.equal((await create(document)).status, 201);
    assert.equal((await trailOf(document.name)).length, 1);
  });
});

interface Fuzzed {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly ifMatch: string | null;
}

describe('whatever an operator sends', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('scraper', 'serpapi:search', '*', ''));
  const list = fc.oneof(fc.array(text), fc.jsonValue());
  const document = fc.record(
    {
      name: fc.oneof(text, fc.constantFrom('scraper', 'fuzzed')),
      subjects: fc.oneof(fc.record({ roles: list, agents: list }, { requiredKeys: [] }), fc.jsonValue()),
      allow: list,
      deny: list,
      intents: list,
      mode: fc.oneof(text, fc.constantFrom('enforce', 'shadow')),
      guards: fc.oneof(
        fc.jsonValue(),
        fc.record({ domains: fc.jsonValue(), models: fc.record({ allow: list }), when: text }),
      ),
      schedule: fc.jsonValue(),
      quotas: fc.jsonValue(),
      response: fc.oneof(fc.jsonValue(), fc.record({ block: list, redact: list })),
    },
    { requiredKeys: [] },
  );
  const sent = fc.record({
    method: fc.constantFrom('POST', 'PUT', 'DELETE', 'GET'),
    path: fc.oneof(
      fc.constantFrom('', '/fuzzed', '/scraper', '/scraper/versions', '/scraper/rollback'),
      text.map((name) => `/${encodeURIComponent(name.toWellFormed())}`),
    ),
    body: fc.oneof(document, fc.jsonValue(), fc.record({ version: text })),
    ifMatch: fc.option(
      fc.oneof(
        fc.constantFrom('*', '""', 'W/""', '"'),
        fc.string().map((value) => value.replaceAll(/[^\x21-\x7e]/g, '')),
      ),
    ),
  });

  it('nothing fails', async () => {
    const answered = async ({ method, path, body, ifMatch }: Fuzzed) => {
      const response = await operate(`/v1/policies${path}`, {
        method,
        ...(method === 'GET' ? {} : { body }),
        ...(ifMatch === null || ifMatch === '' ? {} : { ifMatch }),
      });
      assert.ok(response.status < 500, String(response.status));
      if (response.status >= 400) await problemIn(response);
      else await response.body?.cancel();
    };
    await fc.assert(fc.asyncProperty(sent, answered), { numRuns: 300 });
  });
});
