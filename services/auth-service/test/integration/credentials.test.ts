import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Credential, credentialSchema } from '@4runr/contracts/credential';
import { problemSchema } from '@4runr/contracts/problem';
import { operatorResources } from '@4runr/contracts/token';
import { createTestMesh } from '@4runr/service-kit/testing';
import {
  type AuthServiceUnderTest,
  obtainToken,
  operatorClientId,
  operatorHeaders,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { generateClientKey } from '../fixtures/client-key.ts';
import {
  authMeshKeys,
  type CredentialsApi,
  credentialsOf,
  mesh,
  meshTokenOf,
} from '../fixtures/credentials.ts';
import { queryDatabase } from '../fixtures/database.ts';

let service: AuthServiceUnderTest;
let operator: { authorization: string };
let credentials: CredentialsApi;
before(async () => {
  service = await startAuthService({ MESH_KEYS: authMeshKeys });
  operator = await operatorHeaders(service);
  credentials = credentialsOf(service.url, operator);
});
after(() => service.stop());

const describedBy = async (response: Response): Promise<Credential> =>
  credentialSchema.strict().parse(await response.json());

async function assertRefused(response: Response, status: number, code: string): Promise<void> {
  assert.equal(response.status, status);
  assert.equal(problemSchema.parse(await response.json()).code, code);
}

describe('storing a credential', () => {
  it('answers 201 at first, 200 afterwards, with everything but the secret and an ETag of its own', async () => {
    const first = await credentials.put('first', { apiKey: 'one' });
    const second = await credentials.put('first', { secret: 'two', id: 'x' });
    assert.deepEqual([first.status, second.status], [201, 200]);
    assert.deepEqual([first.headers.get('etag'), second.headers.get('etag')], ['"1"', '"2"']);
    assert.equal(second.headers.get('cache-control'), 'no-store');
    const [before, now] = [await describedBy(first), await describedBy(second)];
    assert.deepEqual([before.version, before.fields], [1, ['apiKey']]);
    assert.deepEqual([now.version, now.fields, now.createdAt], [2, ['id', 'secret'], before.createdAt]);
    assert.deepEqual([before.createdAt, now.updatedBy], [before.updatedAt, await operatorId()]);
    assert.ok(now.updatedAt >= before.updatedAt);
  });

  it('shows the same by GET, alone and in the list, and 304 while nothing has changed', async () => {
    const stored = await credentials.store('shown', { apiKey: 'one' });
    const shown = await credentials.get('/shown');
    assert.deepEqual(await describedBy(shown), stored);
    const { items } = (await (await credentials.get('')).json()) as { items: Credential[] };
    assert.deepEqual(
      items.filter(({ tool }) => tool === 'shown'),
      [stored],
    );
    assert.deepEqual(
      items.map(({ tool }) => tool),
      items.map(({ tool }) => tool).sort(),
    );
    const again = await credentials.get('/shown', {
      'if-none-match': shown.headers.get('etag') ?? '',
      'cache-control': 'max-age=0',
    });
    assert.equal(again.status, 304);
  });

  it('keeps two versions sealed, the newest and the one before, and erases the others', async () => {
    for (const apiKey of ['one', 'two', 'three', 'four']) await credentials.store('kept', { apiKey });
    assert.deepEqual(await sealedVersionsOf('kept'), [3, 4]);
  });

  it('gives each of many changes at once a version of its own, on every replica', async () => {
    const replica = credentialsOf((await service.startReplica()).url, operator);
    const puts = Array.from({ length: 12 }, (_, index) =>
      (index % 2 === 0 ? credentials : replica).put('openai', { apiKey: `key ${index}` }),
    );
    const answers = await Promise.all(puts);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(11).fill(200), 201]);
    const versions = await Promise.all(answers.map(async (answer) => (await describedBy(answer)).version));
    assert.deepEqual(
      versions.toSorted((a, b) => a - b),
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    const delivered = await replica.deliver('openai');
    assert.deepEqual(delivered.fields, { apiKey: `key ${versions.indexOf(12)}` });
    assert.equal(delivered.version, 12);
  });

  it('lets exactly one of many create what If-None-Match: * says must not be there yet', async () => {
    const puts = Array.from({ length: 6 }, () =>
      credentials.put('created', { apiKey: 'x' }, { 'if-none-match': '*' }),
    );
    const statuses = (await Promise.all(puts)).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [201, 412, 412, 412, 412, 412]);
  });

  it('changes only the state that If-Match names', async () => {
    await assertRefused(
      await credentials.put('matched', { a: 'x' }, { 'if-match': '*' }),
      412,
      'precondition.failed',
    );
    await credentials.store('matched', { a: 'x' });
    assert.equal((await credentials.put('matched', { a: 'y' }, { 'if-match': '"1"' })).status, 200);
    for (const headers of [{ 'if-match': '"1"' }, { 'if-match': 'W/"2"' }]) {
      await assertRefused(await credentials.put('matched', { a: 'z' }, headers), 412, 'precondition.failed');
      await assertRefused(await credentials.delete('matched', headers), 412, 'precondition.failed');
    }
    assert.equal((await credentials.delete('matched', { 'if-match': '"2"' })).status, 204);
  });

  const refusals: [what: string, tool: string, body: unknown, status: number, code: string][] = [
    ['no body', 'refused', undefined, 400, 'request.invalid'],
    ['a body that is not JSON', 'refused', '{"apiKey":', 400, 'request.invalid'],
    ['no members', 'refused', {}, 422, 'params.invalid'],
    ['a nested member', 'refused', { a: { b: 'c' } }, 422, 'params.invalid'],
    ['text', 'refused', '"secret"', 422, 'params.invalid'],
    ['half a surrogate pair', 'refused', '{"a":"\\ud800"}', 400, 'request.invalid'],
    ['a body over the limit', 'refused', { a: 'x'.repeat(1_048_576) }, 413, 'body.too_large'],
    ['a tool that cannot be one', 'Not-A-Tool', { a: 'x' }, 404, 'tool.unknown'],
    ['a tool of a path', '..%2fagents', { a: 'x' }, 404, 'tool.unknown'],
  ];
  for (const [what, tool, body, status, code] of refusals)
    it(`refuses ${what}`, async () => assertRefused(await credentials.put(tool, body), status, code));

  for (const tool of operatorResources)
    it(`refuses ${tool}, which no tool is called, because scopes of operators begin with it`, async () =>
      assertRefused(await credentials.put(tool, { a: 'x' }), 404, 'tool.unknown'));

  it('takes the most that the contract allows', async () => {
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, '€'.repeat(16_384)]));
    await credentials.store('serpapi', fields);
    assert.deepEqual((await credentials.deliver('serpapi')).fields, fields);
  });
});

describe('deleting a credential', () => {
  it('erases every version, and then there is none', async () => {
    await credentials.store('gone', { apiKey: 'one' });
    await credentials.store('gone', { apiKey: 'two' });
    assert.equal((await credentials.delete('gone')).status, 204);
    assert.deepEqual(await sealedVersionsOf('gone'), []);
    for (const response of [await credentials.get('/gone'), await credentials.delete('gone')])
      await assertRefused(response, 404, 'tool.unknown');
    const { items } = (await (await credentials.get('')).json()) as { items: Credential[] };
    assert.ok(items.every(({ tool }) => tool !== 'gone'));
  });

  it('does not give its versions back: what was cached by an ETag is never taken for what came after', async () => {
    const { version } = await credentials.store('again', { apiKey: 'one' });
    await credentials.delete('again');
    const response = await credentials.put('again', { apiKey: 'two' });
    assert.equal(response.status, 201);
    const { version: next, createdAt, updatedAt } = await describedBy(response);
    assert.deepEqual([next, createdAt], [version + 1, updatedAt]);
  });
});

describe('an adapter', () => {
  const token = () => `Bearer ${meshTokenOf('adapter-openai')}`;

  it('is handed its own credential, and the next version when there is one', async () => {
    await credentials.store('openai', { apiKey: 'older' });
    const { version } = await credentials.store('openai', { apiKey: 'newer' });
    const delivered = await credentials.deliver('openai');
    assert.deepEqual([delivered.version, delivered.fields], [version, { apiKey: 'newer' }]);
  });

  it('is told by 304 that it has the newest, and by 404 that there is none', async () => {
    await credentials.store('openai', { apiKey: 'x' });
    const response = await credentials.ask('openai', token());
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const etag = response.headers.get('etag') ?? '';
    const again = await credentials.ask('openai', token(), { 'if-none-match': etag });
    assert.deepEqual([again.status, await again.text()], [304, '']);
    await credentials.delete('openai');
    const gone = await credentials.ask('openai', token(), { 'if-none-match': etag });
    await assertRefused(gone, 404, 'tool.unknown');
  });

  it('gets another ciphertext each time: nobody sees whether two are the same', async () => {
    await credentials.store('openai', { apiKey: 'x' });
    const [first, second] = [await credentials.deliver('openai'), await credentials.deliver('openai')];
    assert.notEqual(first.jwe, second.jwe);
  });

  const foreignMesh = createTestMesh();
  const knocks: [
    guarantee: string,
    authorization: () => string | undefined,
    status: number,
    event: string,
  ][] = [
    ['nobody without a mesh token', () => undefined, 401, 'authentication_failure'],
    ['nobody with an operator’s token', () => operator.authorization, 401, 'authentication_failure'],
    ['no service of another mesh', () => bearer(foreignMesh), 401, 'authentication_failure'],
    [
      'no token for another service',
      () =>
        `Bearer ${meshTokenOf('adapter-openai', mesh.keyOf('adapter-openai', 'policy-service'), 'policy-service')}`,
      401,
      'authentication_failure',
    ],
    [
      'no token by another pair’s key',
      () =>
        `Bearer ${meshTokenOf('adapter-openai', { ...mesh.keyOf('adapter-serpapi', 'auth-service'), caller: 'adapter-openai' })}`,
      401,
      'authentication_failure',
    ],
    ['no other adapter', () => `Bearer ${meshTokenOf('adapter-serpapi')}`, 403, 'authorization_violation'],
    ['not the proxy', () => `Bearer ${meshTokenOf('proxy-service')}`, 403, 'authorization_violation'],
  ];
  const bearer = (other: typeof mesh) =>
    `Bearer ${meshTokenOf('adapter-openai', other.keyOf('adapter-openai', 'auth-service'))}`;
  for (const [guarantee, authorization, status, event] of knocks) {
    it(`is the only one: ${guarantee} is let in, whether there is a credential or not`, async () => {
      await credentials.store('openai', { apiKey: 'x' });
      const before = await eventsNamed(event);
      const response = await credentials.ask('openai', authorization());
      assert.equal(response.status, status);
      assert.equal((await eventsNamed(event)) - before, 1);
      await credentials.delete('openai');
      assert.equal((await credentials.ask('openai', authorization())).status, status);
    });
  }

  it('is not let in by another spelling of its tool', async () => {
    await credentials.store('serpapi', { apiKey: 'x' });
    for (const tool of ['serpapi%2f..%2fopenai', 'OPENAI', 'openai%00', 'open%61i/../serpapi']) {
      const response = await credentials.ask(tool, token());
      assert.ok([403, 404].includes(response.status), `${tool} ${response.status}`);
    }
  });
});

describe('operators’ endpoints', () => {
  it('need the scope credentials:write, for reading too', async () => {
    const client = { id: operatorClientId, key: service.operatorKey };
    const { access_token } = await obtainToken(service.url, client, 'agents:write');
    const without = credentialsOf(service.url, { authorization: `Bearer ${access_token}` });
    for (const response of await everyCall(without)) await assertRefused(response, 403, 'scope.insufficient');
  });

  it('are closed to agents', async () => {
    const key = await generateClientKey('ES256');
    const agent = await registerAgent(service, [key]);
    const { access_token } = await obtainToken(service.url, { id: agent.clientId, key });
    const before = await eventsNamed('privilege_escalation');
    const byAgent = credentialsOf(service.url, { authorization: `Bearer ${access_token}` });
    for (const response of await everyCall(byAgent)) await assertRefused(response, 403, 'scope.insufficient');
    assert.equal((await eventsNamed('privilege_escalation')) - before, 4);
  });

  it('are closed to services of the mesh', async () => {
    const byAdapter = credentialsOf(service.url, {
      authorization: `Bearer ${meshTokenOf('adapter-openai')}`,
    });
    for (const response of await everyCall(byAdapter)) await assertRefused(response, 401, 'token.invalid');
  });

  const everyCall = (api: CredentialsApi) =>
    Promise.all([api.put('openai', { a: 'x' }), api.get('/openai'), api.get(''), api.delete('openai')]);
});

describe('every change', () => {
  it('is recorded with who, and what there was before and after, without secrets', async () => {
    await credentials.store('recorded', { apiKey: 'one' });
    await credentials.store('recorded', { apiKey: 'two', id: 'x' });
    await credentials.delete('recorded');
    const first = { version: 1, fields: ['apiKey'] };
    const second = { version: 2, fields: ['apiKey', 'id'] };
    assert.deepEqual(
      (await changesOf('recorded')).map(({ action, before, after }) => [action, before, after]),
      [
        ['credential.put', null, first],
        ['credential.put', first, second],
        ['credential.delete', second, null],
      ],
    );
    for (const change of await changesOf('recorded')) {
      assert.equal(change.operator, await operatorId());
      assert.match(change.trace_id, /^[0-9a-f]{32}$/);
    }
  });

  it('that is refused leaves no record and no trace of its tool', async () => {
    await credentials.put('unrecorded', { a: 'x' }, { 'if-match': '*' });
    await credentials.delete('unrecorded');
    assert.deepEqual(await changesOf('unrecorded'), []);
    const rows = await queryDatabase(service.databaseUrl, 'select * from auth.credentials where tool = $1', [
      'unrecorded',
    ]);
    assert.deepEqual(rows, []);
  });
});

interface ChangeRow {
  readonly operator: string;
  readonly action: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly trace_id: string;
}

function changesOf(tool: string): Promise<readonly ChangeRow[]> {
  return queryDatabase<ChangeRow>(
    service.databaseUrl,
    `select operator, action, before, after, trace_id from auth.operator_changes
     where target_type = 'credential' and target_id = $1 order by position`,
    [tool],
  );
}

async function sealedVersionsOf(tool: string): Promise<number[]> {
  const rows = await queryDatabase<{ version: number }>(
    service.databaseUrl,
    'select version from auth.credential_versions where tool = $1 and sealed_fields is not null order by 1',
    [tool],
  );
  return rows.map(({ version }) => version);
}

async function operatorId(): Promise<string> {
  const [row] = await queryDatabase<{ id: string }>(
    service.databaseUrl,
    `select id from auth.clients where kind = 'operator'`,
  );
  return row?.id ?? '';
}

async function eventsNamed(event: string): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const line = text
    .split('\n')
    .find((row) => row.startsWith('gateway_security_events_total{') && row.includes(`event="${event}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}
