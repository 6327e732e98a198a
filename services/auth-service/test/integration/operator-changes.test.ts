import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type AuthServiceUnderTest,
  operatorClientId,
  postAgent,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey } from '../fixtures/client-key.ts';
import { queryDatabase } from '../fixtures/database.ts';

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
  });

  it('the creation of an agent: who, what, and in which exchange', async () => {
    const response = await postAgent(service, { name: 'Recorded', role: 'scraper' });
    const created = (await response.json()) as { id: string; jwks: { keys: { kid: string }[] } };
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
      keys: created.jwks.keys.map(({ kid }) => kid),
      tokenTtlSeconds: 900,
    });
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
});
