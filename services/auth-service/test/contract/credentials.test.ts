import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  credentialDeliveryExample,
  credentialExample,
  credentialFieldsExample,
  credentialListExample,
  credentialListSchema,
  credentialSchema,
} from '@4runr/contracts/credential';
import {
  type AuthServiceUnderTest,
  operatorHeaders,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { authMeshKeys, type CredentialsApi, credentialsOf, meshTokenOf } from '../fixtures/credentials.ts';

let service: AuthServiceUnderTest;
let credentials: CredentialsApi;
before(async () => {
  service = await startAuthService({ MESH_KEYS: authMeshKeys });
  credentials = credentialsOf(service.url, await operatorHeaders(service));
});
after(() => service.stop());

const membersOf = (value: unknown) => Object.keys(value as object).sort();

describe('credentials have the members of the contract’s examples, and no others', () => {
  it('what is stored', async () => {
    const response = await credentials.put(credentialExample.tool, credentialFieldsExample);
    const stored = credentialSchema.strict().parse(await response.json());
    assert.deepEqual(membersOf(stored), membersOf(credentialExample));
    assert.deepEqual([stored.tool, stored.fields], [credentialExample.tool, credentialExample.fields]);
  });

  it('a list', async () => {
    const list = credentialListSchema.strict().parse(await (await credentials.get('')).json());
    assert.deepEqual(membersOf(list), membersOf(credentialListExample));
    assert.deepEqual(membersOf(list.items[0]), membersOf(credentialExample));
  });

  it('a delivery, which opens to the fields that were stored', async () => {
    const response = await credentials.ask('openai', `Bearer ${meshTokenOf('adapter-openai')}`);
    assert.deepEqual(membersOf(await response.json()), membersOf(credentialDeliveryExample));
    assert.deepEqual((await credentials.deliver('openai')).fields, credentialFieldsExample);
  });
});
