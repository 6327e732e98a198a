import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CreateAgentResponse } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import { calculateJwkThumbprint, type JWK } from 'jose';
import {
  type AuthServiceUnderTest,
  operatorClientId,
  postAgent,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey } from '../fixtures/client-key.ts';
import { queryDatabase } from '../fixtures/database.ts';
import { createOperatorClient } from '../fixtures/operator-client.ts';

let service: AuthServiceUnderTest;
let key: ClientKey;
before(async () => {
  service = await startAuthService();
  key = await generateClientKey('ES256');
});
after(() => service.stop());

interface RecordedChange {
  readonly operator: string;
  readonly action: string;
  readonly target_type: string;
  readonly target_id: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly trace_id: string | null;
}

/** The changes recorded of a target, oldest first. */
function changesOf(targetId: string): Promise<readonly RecordedChange[]> {
  return queryDatabase(
    service.databaseUrl,
    'select * from auth.operator_changes where target_id = $1 order by position',
    [targetId],
  );
}

/** Sends a request of an operator that holds for any state. */
async function send(request: string, body?: object): Promise<Response> {
  const operator = await createOperatorClient(service);
  return operator.send(request, { body, headers: { 'if-match': '*' } });
}

/** An agent with two keys: `first` and `second`. */
async function registerChangeable(): Promise<CreateAgentResponse> {
  const keys = [key, await generateClientKey('ES256')].map(({ publicJwk }, index) => ({
    ...publicJwk,
    kid: ['first', 'second'][index],
  }));
  return registerAgent(service, [], { description: 'To be changed', jwks: { keys } });
}

/** Keys as a record of a change shows them. */
function shownKeys(keys: readonly PublicJwk[]) {
  return Promise.all(
    keys.map(async (jwk) => ({ kid: jwk.kid, thumbprint: await calculateJwkThumbprint(jwk as JWK) })),
  );
}

/** Holds the members that are expected against a snapshot. */
function assertHolds(snapshot: RecordedChange['before'], expected: object | null): void {
  const shown = Object.keys(expected ?? {}).map((name) => [name, snapshot?.[name]]);
  assert.deepEqual(snapshot === null ? null : Object.fromEntries(shown), expected);
}

describe('every change leaves one record, written with it', () => {
  it('the enrolment of the first operator, by nobody', async () => {
    const [client] = await queryDatabase<{ id: string }>(
      service.databaseUrl,
      'select id from auth.clients where client_id = $1',
      [operatorClientId],
    );
    const [change, ...rest] = await changesOf(client?.id ?? '');
    assert.equal(rest.length, 0);
    assert.equal(change?.action, 'operator.enrol');
    assert.equal(change?.operator, 'system');
    assert.equal(change?.after?.clientId, operatorClientId);
    const thumbprint = await calculateJwkThumbprint(service.operatorKey.publicJwk);
    assert.deepEqual(change?.after?.keys, [{ kid: thumbprint, thumbprint }]);
  });

  it('the creation of an agent: who, what, and in which exchange', async () => {
    const response = await postAgent(service, { name: 'Recorded', role: 'scraper' });
    const created = (await response.json()) as { id: string; jwks: { keys: PublicJwk[] } };
    const [change, ...rest] = await changesOf(created.id);
    assert.equal(rest.length, 0);
    assert.equal(change?.action, 'agent.create');
    assert.equal(change?.target_type, 'agent');
    assert.match(change?.operator ?? '', /^opr_/);
    assert.equal(change?.trace_id, response.headers.get('x-correlation-id'));
    assert.equal(change?.before, null);
    assert.deepEqual(change?.after, {
      name: 'Recorded',
      role: 'scraper',
      status: 'active',
      authMethod: 'private_key_jwt',
      keys: await shownKeys(created.jwks.keys),
      tokenTtlSeconds: 900,
      epoch: 0,
    });
  });

  const changes: readonly {
    action: string;
    request: string;
    body?: object;
    before: object;
    after: object | null;
  }[] = [
    {
      action: 'agent.update',
      request: 'PATCH /v1/agents/{id}',
      body: { name: 'Renamed', description: null },
      before: { name: 'Test agent', description: 'To be changed' },
      after: { name: 'Renamed', description: undefined, status: 'active', epoch: 0 },
    },
    {
      action: 'agent.suspend',
      request: 'PATCH /v1/agents/{id}',
      body: { status: 'suspended', name: 'Renamed' },
      before: { status: 'active', epoch: 0 },
      after: { status: 'suspended', name: 'Renamed', epoch: 1 },
    },
    {
      action: 'agent.delete',
      request: 'DELETE /v1/agents/{id}',
      before: { status: 'active', name: 'Test agent' },
      after: null,
    },
    {
      action: 'agent.key.add',
      request: 'POST /v1/agents/{id}/keys',
      before: { epoch: 0 },
      after: { epoch: 0 },
    },
    {
      action: 'agent.key.remove',
      request: 'DELETE /v1/agents/{id}/keys/second',
      before: { epoch: 0 },
      after: { epoch: 0 },
    },
    {
      action: 'agent.tokens.revoke',
      request: 'POST /v1/agents/{id}/revoke-tokens',
      before: { epoch: 0 },
      after: { epoch: 1 },
    },
  ];
  for (const { action, request, body, before, after } of changes) {
    it(`${action}: before and after, and no secret`, async () => {
      const { id } = await registerChangeable();
      const response = await send(request.replace('{id}', id), body);
      assert.ok(response.ok, await response.clone().text());
      const [, change, ...rest] = await changesOf(id);
      assert.equal(rest.length, 0);
      assert.equal(change?.action, action);
      assert.equal(change.trace_id, response.headers.get('x-correlation-id'));
      assertHolds(change.before, before);
      assertHolds(change.after, after);
      assert.doesNotMatch(JSON.stringify(change), /PRIVATE KEY|"d":/);
    });
  }

  it('keys by what they are, whatever they are called, and secrets by their kid', async () => {
    const { id, jwks } = await registerChangeable();
    await send(`DELETE /v1/agents/${id}/keys/second`);
    const [, removal] = await changesOf(id);
    const shown = await shownKeys(jwks.keys);
    assert.deepEqual(
      shown.map(({ kid }) => kid),
      ['first', 'second'],
    );
    assert.deepEqual([removal?.before?.keys, removal?.after?.keys], [shown, shown.slice(0, 1)]);

    const { id: other, secrets = [] } = await registerAgent(service, [], {
      authMethod: 'client_secret_basic',
    });
    const [creation] = await changesOf(other);
    assert.deepEqual(
      creation?.after?.keys,
      secrets.map(({ kid }) => ({ kid })),
    );
  });

  it('agent.resume', async () => {
    const { id } = await registerChangeable();
    for (const status of ['suspended', 'active']) await send(`PATCH /v1/agents/${id}`, { status });
    assert.deepEqual(
      (await changesOf(id)).map(({ action }) => action),
      ['agent.create', 'agent.suspend', 'agent.resume'],
    );
  });
});

describe('what fails leaves no record', () => {
  it('a registration that is refused', async () => {
    const count = async () =>
      (await queryDatabase(service.databaseUrl, 'select 1 from auth.operator_changes')).length;
    await registerAgent(service, [key]);
    const before = await count();
    assert.equal((await postAgent(service, { name: 'x', role: 'operator' })).status, 422);
    assert.equal(await count(), before);
  });

  const failures: readonly [what: string, request: string, body: object | undefined, status: number][] = [
    ['a change of another state', 'PATCH /v1/agents/{id}', { name: 'x' }, 412],
    ['a deletion of another state', 'DELETE /v1/agents/{id}', undefined, 412],
    ['a key that is there', 'POST /v1/agents/{id}/keys', undefined, 409],
    ['a key that is not there', 'DELETE /v1/agents/{id}/keys/third', undefined, 404],
    ['a change that changes nothing', 'PATCH /v1/agents/{id}', { status: 'active' }, 200],
  ];
  for (const [what, request, body, status] of failures) {
    it(what, async () => {
      const { id } = await registerChangeable();
      const operator = await createOperatorClient(service);
      const headers = { 'if-match': status === 412 ? '"9"' : '*' };
      const jwk = status === 409 ? { jwk: { ...key.publicJwk, kid: 'third' } } : undefined;
      const response = await operator.send(request.replace('{id}', id), { body: jwk ?? body, headers });
      assert.equal(response.status, status);
      assert.equal((await changesOf(id)).length, 1);
    });
  }
});
