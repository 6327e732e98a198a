import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AuditRecord, auditListSchema, type OperatorChange } from '@4runr/contracts/audit';
import { problemSchema } from '@4runr/contracts/problem';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import {
  createSeverableLink,
  createTestRedis,
  type SeverableLink,
  type TestRedis,
  writeRevocationList,
} from '@4runr/service-kit/testing';
import fc from 'fast-check';
import { appendChange, newChange } from '../fixtures/audit-items.ts';
import { issuer, startTokenIssuer, type TokenIssuer } from '../fixtures/operator-tokens.ts';
import {
  createServiceDatabase,
  eventually,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
let link: SeverableLink;
let redis: TestRedis;
let tokens: TokenIssuer;
let service: RunningService;
before(async () => {
  database = await createServiceDatabase();
  link = await createSeverableLink(database.url);
  redis = await createTestRedis();
  await writeRevocationList(redis.client);
  tokens = await startTokenIssuer();
  service = await startPolicyService(link.url, {
    REDIS_URL: redis.url,
    AUTH_SERVICE_URL: tokens.url,
    PUBLIC_URL: issuer,
  });
  // With the first item this month has its partition.
  await record();
});
after(async () => {
  await service.stop();
  await tokens.close();
  await redis.drop();
  await link.close();
  await database.drop();
});

/** Hands a change on, and waits until it is stored. */
async function record(change: OperatorChange = newChange()): Promise<void> {
  await appendChange(redis, change);
  await eventually(async () => {
    const { kysely } = database;
    const rows = await kysely.selectFrom('audit_items').select('id').where('id', '=', change.id).execute();
    return rows.length === 1;
  }, 10_000);
}

async function get(query: string, headers?: Record<string, string>): Promise<Response> {
  const operator = headers ?? (await tokens.authorize({ role: 'operator', scope: 'audit:read' }));
  return fetch(`${service.url}/v1/audit${query}`, { headers: operator });
}

async function list(query: Record<string, string> = {}) {
  const response = await get(`?${new URLSearchParams(query)}`);
  assert.equal(response.status, 200);
  return (await response.json()) as { items: AuditRecord[]; nextCursor: string | null };
}

async function assertProblem(response: Response, status: number, code: string): Promise<void> {
  assert.deepEqual([response.status, problemSchema.parse(await response.json()).code], [status, code]);
}

interface Row {
  readonly id: string;
  readonly at?: Date;
  readonly kind?: string;
  readonly agent?: string;
  readonly tool?: string;
  readonly action?: string;
  readonly outcome?: string;
  readonly body?: string;
}

/** Stores items as they are once they are drained. */
async function store(...rows: readonly Row[]): Promise<void> {
  const values = rows.map((row) => ({
    at: new Date(),
    kind: 'call',
    agent: null,
    tool: null,
    action: null,
    outcome: null,
    body: JSON.stringify({ id: row.id }),
    ...row,
  }));
  await database.kysely.deleteFrom('audit_items').execute();
  await database.kysely.insertInto('audit_items').values(values).execute();
}

const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id);

describe('GET /v1/audit', () => {
  it('shows what an operator changed within two seconds of its being handed on, as it was handed on', async () => {
    const change = newChange();
    const startedAt = performance.now();
    await appendChange(redis, change);
    let first: AuditRecord | undefined;
    await eventually(async () => {
      [first] = (await list({ kind: 'operator_change' })).items;
      return first?.id === change.id;
    }, 10_000);
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < 2_000, `${tookMs} ms`);
    assert.deepEqual(first, change);
  });

  it('answers by the contract, and is kept by nobody', async () => {
    await record();
    const response = await get('');
    const body: unknown = await response.json();
    assert.deepEqual(auditListSchema.parse(body), body);
    assert.equal(response.headers.get('cache-control'), 'no-store');
  });

  it('lists newest first, those of one moment by their id', async () => {
    const at = new Date(Date.now() - 5_000);
    await store({ id: 'b', at }, { id: 'z', at: new Date(at.getTime() - 1) }, { id: 'c', at }, { id: 'a' });
    assert.deepEqual(idsOf(await list()), ['a', 'c', 'b', 'z']);
  });

  it('never lists a change by an operator under an agent, not even under the one that it concerns', async () => {
    const target = { type: 'agent', id: 'agt_1' };
    await store({ id: 'call_1', agent: 'agt_1' });
    await record(newChange({ target, operator: 'agt_1' }));
    assert.equal((await list()).items.length, 2);
    assert.deepEqual(idsOf(await list({ agent: 'agt_1' })), ['call_1']);
  });

  const rows: Row[] = [
    { id: 'c1', agent: 'agt_1', tool: 'serpapi', action: 'search', outcome: 'allowed' },
    { id: 'c2', agent: 'agt_1', tool: 'openai', action: 'chat', outcome: 'denied' },
    { id: 'c3', agent: 'agt_2', tool: 'serpapi', action: 'search', outcome: 'denied' },
    {
      id: 'c4',
      body: JSON.stringify({ id: 'c4', operator: 'opr_1', target: { type: 'agent', id: 'agt_1' } }),
    },
    {
      id: 'o1',
      kind: 'operator_change',
      action: 'agent.suspend',
      body: JSON.stringify({ id: 'o1', operator: 'opr_1', target: { type: 'agent', id: 'agt_1' } }),
    },
  ];
  const filters: [query: Record<string, string>, ids: string[]][] = [
    [{}, ['o1', 'c4', 'c3', 'c2', 'c1']],
    [{ agent: 'agt_1' }, ['c2', 'c1']],
    [{ tool: 'serpapi' }, ['c3', 'c1']],
    [{ action: 'search' }, ['c3', 'c1']],
    [{ action: 'agent.suspend' }, ['o1']],
    [{ outcome: 'denied' }, ['c3', 'c2']],
    [{ kind: 'operator_change' }, ['o1']],
    [{ agent: 'agt_1', outcome: 'denied' }, ['c2']],
    [{ agent: 'agt_1', kind: 'operator_change' }, []],
    [{ agent: 'agt_3' }, []],
    [{ operator: 'opr_1' }, ['o1']],
    [{ target: 'agt_1' }, ['o1']],
    [{ operator: 'opr_1', target: 'agt_1', action: 'agent.suspend' }, ['o1']],
    [{ operator: 'opr_1', target: 'agt_2' }, []],
    [{ operator: 'opr_1', agent: 'agt_1' }, []],
    [{ operator: "cli:o'neil 🙂" }, []],
    [{ from: '2020-01-01T00:00:00Z' }, ['o1', 'c4', 'c3', 'c2', 'c1']],
    [{ to: '2020-01-01T00:00:00+02:00' }, []],
  ];
  for (const [query, ids] of filters) {
    it(`filters by ${JSON.stringify(query)}`, async () => {
      await store(...rows);
      assert.deepEqual(idsOf(await list(query)), ids);
    });
  }

  it('finds a change that was handed on by its operator and by its target', async () => {
    const change = newChange({ operator: 'cli:ada', target: { type: 'operator', id: 'opr_2' } });
    await store({ id: 'other', kind: 'operator_change', body: JSON.stringify({ operator: 'opr_2' }) });
    await record(change);
    assert.deepEqual((await list({ operator: 'cli:ada' })).items, [change]);
    assert.deepEqual((await list({ target: 'opr_2' })).items, [change]);
  });

  it('takes `from` in and leaves `to` out', async () => {
    const at = new Date(Date.now() - 60_000);
    await store({ id: 'at', at }, { id: 'later', at: new Date(at.getTime() + 1) });
    const moment = at.toISOString();
    assert.deepEqual(idsOf(await list({ from: moment })), ['later', 'at']);
    assert.deepEqual(idsOf(await list({ to: moment })), []);
    assert.deepEqual(idsOf(await list({ from: moment, to: later(at).toISOString() })), ['at']);
  });

  it('pages through everything once, while newer items arrive', async () => {
    const base = Date.now() - 1_000_000;
    const old = Array.from({ length: 25 }, (_, index) => ({
      id: `old_${String(index).padStart(2, '0')}`,
      at: new Date(base + Math.floor(index / 4)),
    }));
    await store(...old);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await list({ limit: '3', ...(cursor === '' ? {} : { cursor }) });
      seen.push(...idsOf(page));
      cursor = page.nextCursor;
      await record();
    }
    const expected = old.map(({ id }) => id).toReversed();
    assert.deepEqual(seen, expected);
  });

  it('gives no cursor on the last page, not even when it is full', async () => {
    await store({ id: 'a' }, { id: 'b' });
    assert.equal((await list({ limit: '2' })).nextCursor, null);
    assert.notEqual((await list({ limit: '1' })).nextCursor, null);
  });
});

function later(at: Date): Date {
  return new Date(at.getTime() + 1);
}

const encode = (text: string) => Buffer.from(text).toString('base64url');

describe('a query that is none', () => {
  const queries = [
    'limit=0',
    'limit=501',
    'limit=1&limit=2',
    'page=2',
    'agent=',
    'agent=a%00b',
    'agent=%F0%9F%99%82',
    'kind=weather',
    'operator=',
    'operator=a%00b',
    'target=a%0Ab',
    'from=yesterday',
    'from=2025-02-30T00:00:00Z',
    'to=99999-01-01T00:00:00Z',
    'action=Search',
    'cursor=',
    'cursor=A',
    `cursor=${encode('after:1:')}`,
    `cursor=${encode('after:-1:a')}`,
    `cursor=${encode('after:999999999999999:a')}`,
    `cursor=${encode("after:1:a' or 1=1")}`,
    `cursor=${encode('after:1:a')}%3D`,
    `cursor=${encode('after:01:a')}`,
    `cursor=${'A'.repeat(300)}`,
  ];
  for (const query of queries) {
    it(`is refused: ${query.slice(0, 60)}`, async () => {
      await assertProblem(await get(`?${query}`), 400, 'request.invalid');
    });
  }

  it('whatever it holds, makes no 5xx', async () => {
    const names = [
      'agent',
      'tool',
      'action',
      'outcome',
      'kind',
      'operator',
      'target',
      'from',
      'to',
      'limit',
      'cursor',
    ];
    const anyText = fc.string({ unit: 'binary', maxLength: 40 });
    const values = fc.oneof(
      anyText,
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.tuple(fc.maxSafeInteger(), anyText).map(([ms, id]) => encode(`after:${ms}:${id}`)),
      fc.tuple(fc.nat(), fc.stringMatching(/^[\w-]{1,20}$/)).map(([ms, id]) => encode(`after:${ms}:${id}`)),
      fc.stringMatching(/^[a-z][a-z0-9_.:-]{0,20}$/),
      fc.integer({ min: -1, max: 600 }).map(String),
    );
    const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), anyText), values), { maxLength: 4 });
    const authorization = await tokens.authorize({ role: 'operator', scope: 'audit:read' });
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(query, async (pairs) => {
        const response = await get(`?${new URLSearchParams(pairs)}`, authorization);
        assert.ok(response.status < 500, `${response.status}`);
        seen.add(response.status);
        await response.arrayBuffer();
      }),
      { numRuns: 400 },
    );
    assert.deepEqual([...seen].sort(), [200, 400]);
  });
});

describe('who may read the audit trail', () => {
  it('nobody without a token, no agent, and no operator without the scope', async () => {
    await assertProblem(await get('', {}), 401, 'token.missing');
    const agent = await tokens.authorize({ role: 'scraper', scope: 'audit:read' });
    await assertProblem(await get('', agent), 403, 'scope.insufficient');
    const other = await tokens.authorize({ role: 'operator', scope: 'policies:read agents:read' });
    await assertProblem(await get('', other), 403, 'scope.insufficient');
  });

  it('nobody may write it here', async () => {
    const headers = await tokens.authorize({ role: 'operator', scope: 'audit:read' });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = await fetch(`${service.url}/v1/audit`, { method, headers });
      await assertProblem(response, 405, 'method.unsupported');
    }
  });
});

describe('while Postgres is away', () => {
  it('the audit trail cannot be read: 503', async () => {
    await link.sever();
    try {
      await assertProblem(await get(''), 503, 'service.unavailable');
    } finally {
      await link.mend();
    }
  });
});
