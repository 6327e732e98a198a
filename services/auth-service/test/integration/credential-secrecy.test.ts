import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
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

/** Stands in everything secret that is sent here, and must be found nowhere else. */
const canary = `canary-${randomBytes(12).toString('hex')}`;

/** The service as a process of its own, so that all it writes can be read, with spans going to a receiver of ours. */
interface WatchedService {
  readonly url: string;
  /** Whatever it wrote to its outputs. */
  written(): string;
  /** Whatever was exported of its spans, as it came. */
  exported(): Buffer;
  /** Ends it, so that all is written and exported. Repeating it does nothing. */
  stop(): Promise<void>;
}

async function startWatched(settings: Readonly<Record<string, string>>): Promise<WatchedService> {
  const spans: Buffer[] = [];
  const receiver = createServer(async (request, response) => {
    spans.push(await buffer(request));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const folder = path.resolve(import.meta.dirname, '../..');
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: folder,
    env: { ...settings, LOG_LEVEL: 'trace', OTEL_EXPORTER_OTLP_ENDPOINT: urlOf(receiver) },
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void output.push(chunk));
  const ended = once(child, 'close');
  const written = () => Buffer.concat(output).toString('utf8');
  return {
    url: `http://127.0.0.1:${await portOf(child, written)}`,
    written,
    exported: () => Buffer.concat(spans),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      receiver.close();
    },
  };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function portOf(child: ChildProcess, written: () => string): Promise<number> {
  for (;;) {
    const port = /"port":(\d+),"msg":"listening"/.exec(written())?.[1];
    if (port !== undefined) return Number(port);
    assert.equal(child.exitCode, null, written());
    await once(child.stdout ?? assert.fail(), 'data');
  }
}

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
