import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTestDatabase, type TestDatabase, untilRevocationsAreRead } from '@4runr/service-kit/testing';
import { calculateJwkThumbprint } from 'jose';
import {
  basicHeaders,
  headerForm,
  issuer,
  operatorClientId,
  postToken,
  settingsFor,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, tokenForm } from '../fixtures/client-key.ts';
import { eventually } from '../fixtures/eventually.ts';
import { startWatched, type WatchedService } from '../fixtures/watched-service.ts';

let database: TestDatabase;
let service: WatchedService;
let operatorKey: ClientKey;
before(async () => {
  database = await createTestDatabase();
  operatorKey = await generateClientKey('ES256');
  service = await startWatched(settingsFor(database.url, operatorKey));
  await untilRevocationsAreRead(service.url);
});
after(async () => {
  await service.stop();
  await database.drop();
});

type Line = Readonly<Record<string, unknown>>;

/** The line of the log that holds all of this. */
function lineOf(expected: Line): Promise<Line> {
  return eventually(async () => {
    const lines = service
      .written()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
    const found = lines.find((line) =>
      Object.entries(expected).every(([name, value]) => line[name] === value),
    );
    assert.ok(found, `no line holds ${JSON.stringify(expected)}`);
    return found;
  });
}

describe('what the OAuth endpoints log', () => {
  it('a token that is issued: to whom, by which key, and from where', async () => {
    const assertion = await operatorKey.assert(operatorClientId, issuer);
    const address = '203.0.113.7';
    assert.equal(
      (await postToken(service.url, tokenForm(assertion), { 'x-forwarded-for': address })).status,
      200,
    );
    const kid = await calculateJwkThumbprint(operatorKey.publicJwk);
    const line = await lineOf({ msg: 'token issued', address });
    assert.deepEqual([line.client, line.kid], [operatorClientId, kid]);
  });

  it('a refusal, with the address that it was sent from', async () => {
    const address = '2001:db8:1:2:3:4:5:6';
    const headers = { ...basicHeaders('nobody', 'wrong'), 'x-forwarded-for': address };
    assert.equal((await postToken(service.url, headerForm(), headers)).status, 401);
    const line = await lineOf({ event: 'security.authentication_failure', client: 'nobody' });
    assert.deepEqual([line.reason, line.address], ['unknown_client', address]);
  });
});
