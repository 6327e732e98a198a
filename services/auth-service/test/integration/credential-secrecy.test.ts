import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  createSeverableLink,
  createTestDatabase,
  type SeverableLink,
  type TestDatabase,
  untilRevocationsAreRead,
} from '@4runr/service-kit/testing';
import { obtainToken, operatorClientId, settingsFor } from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey } from '../fixtures/client-key.ts';
import { authMeshKeys, type CredentialsApi, credentialsOf, meshTokenOf } from '../fixtures/credentials.ts';
import { queryDatabase } from '../fixtures/database.ts';
import { startWatched, type WatchedService } from '../fixtures/watched-service.ts';

/** Stands in everything secret that is sent here, and must be found nowhere else. */
const canary = `canary-${randomBytes(12).toString('hex')}`;

describe('a stored secret', { concurrency: false }, () => {
  let database: TestDatabase;
  let link: SeverableLink;
  let operatorKey: ClientKey;
  let service: WatchedService;
  let credentials: CredentialsApi;
  const answers: string[] = [];
  before(async () => {
    database = await createTestDatabase();
    link = await createSeverableLink(database.url);
    operatorKey = await generateClientKey('ES256');
    service = await startWatched({ ...settingsFor(link.url, operatorKey), MESH_KEYS: authMeshKeys });
    await untilRevocationsAreRead(service.url);
    const client = { id: operatorClientId, key: operatorKey };
    const { access_token } = await obtainToken(service.url, client);
    credentials = credentialsOf(service.url, { authorization: `Bearer ${access_token}` });
  });
  after(async () => {
    await service.stop();
    await link.close();
    await database.drop();
  });

  async function keep(response: Response): Promise<number> {
    answers.push([...response.headers].join('\n'), await response.text());
    return response.status;
  }

  it('is not in any answer, to whatever is sent', async () => {
    const bodies: unknown[] = [
      { apiKey: canary },
      { apiKey: canary, other: canary },
      { apiKey: [canary] },
      { apiKey: { [canary]: canary } },
      { [canary]: canary },
      { [canary]: 1 },
      { apiKey: canary.repeat(1_000) },
      [canary],
      JSON.stringify(canary),
      canary,
      `{"apiKey":"${canary}",}`,
      `{"apiKey":"${canary}`,
      `{"apiKey":${canary}}`,
      `{"apiKey":"${canary}","a":"\\ud800"}`,
    ];
    for (const body of bodies) assert.ok((await keep(await credentials.put('openai', body))) < 500);
    await keep(await credentials.put('openai', { apiKey: canary }, { 'content-type': 'text/plain' }));
    await keep(await credentials.put('openai', { apiKey: canary }, { 'if-match': '"0"' }));
    await keep(await credentials.put('Not-A-Tool', { apiKey: canary }));
    await keep(await credentials.put('openai', { apiKey: canary }, { authorization: 'Bearer x' }));
    for (const read of ['', '/openai', '/openai?reveal=true', '/none'])
      await keep(await credentials.get(read));
    const token = `Bearer ${meshTokenOf('adapter-openai')}`;
    assert.equal(await keep(await credentials.ask('openai', token)), 200);
    await keep(await credentials.ask('openai', `Bearer ${meshTokenOf('adapter-serpapi')}`));
    assert.ok(answers.length > 40 && !answers.join().includes(canary));
    assert.deepEqual((await credentials.deliver('openai')).fields, { apiKey: canary, other: canary });
  });

  it('is not in an error when the database breaks off', async () => {
    await link.sever();
    assert.equal(await keep(await credentials.put('openai', { apiKey: canary })), 503);
    assert.equal(await keep(await credentials.ask('openai', `Bearer ${meshTokenOf('adapter-openai')}`)), 503);
    assert.ok(!answers.join().includes(canary));
    await link.mend();
  });

  it('is not in the metrics', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    assert.match(metrics, /gateway_build_info/);
    assert.ok(!metrics.includes(canary));
  });

  it('is nowhere in the database, and of a deleted one not even the sealed form is', async () => {
    const sealed = await dump(database.url);
    assert.match(sealed, /"sealed_fields": ?"ey/);
    assert.ok(!sealed.includes(canary));
    assert.equal((await credentials.delete('openai')).status, 204);
    assert.doesNotMatch(await dump(database.url), /"sealed_fields": ?"/);
  });

  it('is on no line of the log, at any level, and in no span', async () => {
    await service.stop();
    assert.match(service.written(), /"level":"debug".*not valid JSON|entity\.parse\.failed/);
    assert.match(service.written(), /credential handed to its adapter/);
    assert.ok(!service.written().includes(canary));
    assert.ok(service.exported().includes('/v1/credentials/:tool'));
    assert.ok(!service.exported().includes(canary));
  });
});

/** Every row of every table of the service, as JSON. */
async function dump(url: string): Promise<string> {
  const tables = await queryDatabase<{ name: string }>(
    url,
    `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'auth'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => queryDatabase(url, `select row_to_json(t)::text as row from auth.${name} t`)),
  );
  return rows
    .flat()
    .map((row) => (row as { row: string }).row)
    .join('\n');
}
