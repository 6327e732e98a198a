import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { problemSchema } from '@4runr/contracts/problem';
import { revocationKeys } from '@4runr/contracts/revocation';
import { oauthErrorSchema, operatorScopes } from '@4runr/contracts/token';
import { createSeverableLink, type SeverableLink } from '@4runr/service-kit/testing';
import { calculateJwkThumbprint } from 'jose';
import {
  type AuthServiceUnderTest,
  issuer,
  obtainToken,
  operatorClientId,
  postToken,
  settingsFor,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, tokenForm } from '../fixtures/client-key.ts';
import { queryDatabase } from '../fixtures/database.ts';
import { eventually } from '../fixtures/eventually.ts';
import { type CommandRun, runServiceCommand } from '../fixtures/service-command.ts';

let service: AuthServiceUnderTest;
let folder: string;
before(async () => {
  service = await startAuthService();
  folder = await mkdtemp(path.join(tmpdir(), 'operators-'));
});
after(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], on: AuthServiceUnderTest = service, redisUrl = on.redis.url) {
  const settings = settingsFor(on.databaseUrl, on.operatorKey);
  return runServiceCommand('operators', args, { ...settings, REDIS_URL: redisUrl });
}

/** Runs a command that has to succeed. */
async function done(args: readonly string[], on?: AuthServiceUnderTest): Promise<string> {
  const { code, stdout, stderr } = await run(args, on);
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

async function writeJwks(content: unknown): Promise<string> {
  const file = path.join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(file, JSON.stringify(content));
  return file;
}

interface Enrolled {
  readonly id: string;
  readonly key: ClientKey;
}

async function enrol({ scopes, on }: { scopes?: string; on?: AuthServiceUnderTest } = {}): Promise<Enrolled> {
  const key = await generateClientKey('ES256');
  const file = await writeJwks({ keys: [key.publicJwk] });
  const limits = scopes === undefined ? [] : ['--scopes', scopes];
  const text = await done(['enrol', '--name', 'Ada Lovelace', '--jwks', file, ...limits], on);
  const id = /^Enrolled\. Its client id is (opr_\w+)\.$/m.exec(text)?.[1] ?? assert.fail(text);
  return { id, key };
}

async function tokenStatus({ id, key }: Enrolled, scope?: string): Promise<string> {
  const response = await postToken(service.url, tokenForm(await key.assert(id, issuer), { scope }));
  const body: unknown = await response.json();
  return response.ok ? '200' : `${response.status} ${oauthErrorSchema.parse(body).error}`;
}

async function agentsStatus(token: string, url = service.url): Promise<string> {
  const response = await fetch(`${url}/v1/agents`, { headers: { authorization: `Bearer ${token}` } });
  const body: unknown = await response.json();
  return response.ok ? '200' : `${response.status} ${problemSchema.parse(body).code}`;
}

const isListed = async (id: string, on = service) =>
  (await on.redis.client.hGet(revocationKeys.active, `client:${id}`)) !== null;

interface Row {
  readonly operator: string;
  readonly action: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** What is recorded of an operator, oldest first. */
function changesOf(id: string): Promise<readonly Row[]> {
  const text = `select operator, action, before, after from auth.operator_changes
    where target_type = 'operator' and target_id = $1 order by position`;
  return queryDatabase(service.databaseUrl, text, [id]);
}

describe('an operator who is enrolled by command', () => {
  it('may do everything, unless limited: then no token of it carries more', async () => {
    const [full, limited] = [await enrol(), await enrol({ scopes: 'audit:read,agents:read' })];
    assert.equal((await obtainToken(service.url, full)).scope, operatorScopes.join(' '));
    assert.equal((await obtainToken(service.url, limited)).scope, 'audit:read agents:read');
    assert.equal(await tokenStatus(limited, 'audit:read'), '200');
    assert.equal(await tokenStatus(limited, 'audit:read agents:write'), '400 invalid_scope');
    const { access_token: token } = await obtainToken(service.url, limited);
    assert.equal(await agentsStatus(token), '200');
    const response = await fetch(`${service.url}/v1/agents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"name":"x","role":"scraper"}',
    });
    assert.equal(response.status, 403);
  });

  it('is listed with what it may do and its keys', async () => {
    const { id, key } = await enrol({ scopes: 'audit:read' });
    const lines = (await done(['list'])).split('\n');
    const at = lines.findIndex((line) => line.startsWith(`active     ${id}  Ada Lovelace, since 20`));
    assert.deepEqual(
      lines.slice(at + 1, at + 3).map((line) => line.trim()),
      ['audit:read', `EC key ${await calculateJwkThumbprint(key.publicJwk)}`],
    );
    assert.ok(lines.some((line) => line.includes(`(client id ${operatorClientId})`)));
  });

  it('changes keys without a moment in which it can get no token', async () => {
    const { id, key } = await enrol();
    const fresh = await generateClientKey('EdDSA');
    await done(['add-key', id, '--jwks', await writeJwks({ ...fresh.publicJwk, kid: 'laptop' })]);
    assert.deepEqual([await tokenStatus({ id, key }), await tokenStatus({ id, key: fresh })], ['200', '200']);
    const again = await run(['add-key', id, '--jwks', await writeJwks({ ...fresh.publicJwk, kid: 'other' })]);
    assert.deepEqual([again.code, again.stderr], [1, 'This key is there already, by another kid.\n']);
    await done(['remove-key', id, await calculateJwkThumbprint(key.publicJwk)]);
    assert.deepEqual(
      [await tokenStatus({ id, key }), await tokenStatus({ id, key: fresh })],
      ['401 invalid_client', '200'],
    );
    const last = await run(['remove-key', id, 'laptop']);
    assert.deepEqual([last.code, last.stdout], [1, '']);
    assert.match(last.stderr, /^It is the last one/);
  });
});

describe('an operator whose tokens end', () => {
  const ways = [
    { command: 'suspend', action: 'operator.suspend', tokens: '401 invalid_client' },
    { command: 'revoke-tokens', action: 'operator.tokens.revoke', tokens: '200' },
    { command: 'delete', action: 'operator.delete', tokens: '401 invalid_client' },
  ];
  for (const { command, action, tokens } of ways) {
    it(`by ${command}: is refused by every replica, and it is recorded who did it`, async () => {
      const replica = await service.startReplica();
      const operator = await enrol();
      const { access_token: token } = await obtainToken(service.url, operator);
      for (const url of [service.url, replica.url]) assert.equal(await agentsStatus(token, url), '200');
      assert.match(await done([command, operator.id]), /Its tokens are refused everywhere within a second/);
      assert.ok(await isListed(operator.id), 'the command has not waited until readers can know');
      for (const url of [service.url, replica.url])
        await eventually(
          async () => assert.equal(await agentsStatus(token, url), '401 token.revoked'),
          1_000,
        );
      assert.equal(await tokenStatus(operator), tokens);
      const changes = await changesOf(operator.id);
      assert.deepEqual(
        changes.map((change) => change.action),
        ['operator.enrol', action],
      );
      const [, change] = changes;
      assert.match(change?.operator ?? '', /^cli:./);
      assert.deepEqual([change?.before?.status, change?.before?.epoch], ['active', 0]);
      const thumbprint = await calculateJwkThumbprint(operator.key.publicJwk);
      assert.deepEqual(change?.before?.keys, [{ kid: thumbprint, thumbprint }]);
    });
  }

  it('gets new ones when it is resumed, and those from before stay dead', async () => {
    const operator = await enrol();
    const { access_token: token } = await obtainToken(service.url, operator);
    await done(['suspend', operator.id]);
    assert.match(await done(['suspend', operator.id]), /^There was nothing to do/);
    await done(['resume', operator.id]);
    const { access_token: fresh } = await obtainToken(service.url, operator);
    assert.equal(await agentsStatus(fresh), '200');
    await eventually(async () => assert.equal(await agentsStatus(token), '401 token.revoked'));
    const actions = (await changesOf(operator.id)).map(({ action }) => action);
    assert.deepEqual(actions, ['operator.enrol', 'operator.suspend', 'operator.resume']);
  });
});

describe('the last active operator', () => {
  let alone: AuthServiceUnderTest;
  before(async () => {
    alone = await startAuthService();
  });
  after(() => alone.stop());

  it('stays, unless somebody insists; a suspended one does not count, and it can be replaced', async () => {
    for (const command of ['suspend', 'delete']) {
      const { code, stderr } = await run([command, operatorClientId], alone);
      assert.equal(code, 1);
      assert.match(stderr, /^opr_\w+ is the last active operator: .*--force/);
    }
    const { id } = await enrol({ on: alone });
    await done(['suspend', id], alone);
    assert.equal((await run(['suspend', operatorClientId], alone)).code, 1);
    assert.match(await done(['suspend', operatorClientId, '--force'], alone), /No active operator is left/);
    await done(['resume', id], alone);
    assert.doesNotMatch(await done(['delete', operatorClientId], alone), /No active operator is left/);
  });

  it('stays, however many are suspended at a time', async () => {
    const ids = [];
    for (let index = 0; index < 3; index += 1) ids.push((await enrol({ on: alone })).id);
    const all = await queryDatabase<{ id: string }>(
      alone.databaseUrl,
      "select id from auth.clients where kind = 'operator' and status = 'active'",
    );
    assert.ok(all.length > ids.length);
    const runs = await Promise.all(all.map(({ id }) => run(['suspend', id], alone)));
    assert.equal(runs.filter(({ code }) => code === 0).length, all.length - 1);
  });
});

describe('while Redis is away', () => {
  let link: SeverableLink;
  let alone: AuthServiceUnderTest;
  before(async () => {
    link = await createSeverableLink(service.redis.url);
    alone = await startAuthService({ REDIS_URL: link.url });
  });
  after(async () => {
    await alone.stop();
    await link.close();
  });

  it('a suspension is made and not taken for known, and takes effect by itself afterwards', async () => {
    const { id } = await enrol({ on: alone });
    await link.sever();
    for (const _attempt of ['first', 'second']) {
      const { code, stdout } = await run(['suspend', id], alone, link.url);
      assert.equal(code, 1);
      assert.match(stdout, /Redis cannot be written: its tokens are alive until/);
    }
    assert.equal(await isListed(id), false);
    await link.mend();
    await eventually(async () => assert.ok(await isListed(id)), 2_500);
    assert.equal((await run(['suspend', id], alone, link.url)).code, 0);
  });
});

describe('what cannot be done', () => {
  const key = generateClientKey('ES256');
  const rows: [what: string, args: () => Promise<string[]>, code: number, message: RegExp][] = [
    ['an operator whom nobody knows', async () => ['suspend', 'opr_1'], 1, /^There is no operator opr_1:/],
    [
      'a key that there is not',
      async () => ['remove-key', operatorClientId, 'x'],
      1,
      /^The client is known, but it has no key/,
    ],
    [
      'a private key',
      async () => ['add-key', operatorClientId, '--jwks', await writeJwks({ kty: 'RSA', d: 'AQAB' })],
      2,
      /\.json: \/keys\/0\/d /,
    ],
    [
      'two keys at once',
      async () => {
        const keys = [(await key).publicJwk, (await generateClientKey('ES256')).publicJwk];
        return ['add-key', operatorClientId, '--jwks', await writeJwks({ keys })];
      },
      2,
      /must hold one key/,
    ],
    [
      'a file that holds no keys',
      async () => ['enrol', '--name', 'x', '--jwks', await writeJwks([])],
      2,
      /is no JWK, and no JWK Set/,
    ],
    [
      'a file that is not there',
      async () => ['enrol', '--name', 'x', '--jwks', '/nowhere'],
      2,
      /cannot be read/,
    ],
    [
      'a command that there is not',
      async () => ['suspnd'],
      2,
      /^There is no command suspnd\.\n\nnpm run operators/,
    ],
  ];
  for (const [what, args, code, message] of rows)
    it(`is explained in a sentence: ${what}`, async () => {
      const result: CommandRun = await run(await args());
      assert.equal(result.code, code);
      assert.match(result.stderr, message);
      assert.doesNotMatch(result.stderr, /\n {4}at /);
      assert.equal(result.stdout, '');
    });
});
