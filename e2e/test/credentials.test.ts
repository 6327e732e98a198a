import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema } from '@4runr/contracts/audit';
import { credentialSchema } from '@4runr/contracts/credential';
import { e2e } from './mesh/config.ts';
import {
  type CredentialUser,
  clearCredentials,
  shows,
  storeCredential,
  untilShown,
} from './mesh/credentials.ts';
import { query } from './mesh/database.ts';
import { ask, askAsOperator, callTool, problemOf, stack, tokenOf } from './mesh/gateway.ts';
import { mailsWith } from './mesh/simulator.ts';

/** How soon running adapters use a credential that was stored or deleted. */
const inUseWithinMs = 5_000;
/** What the stack gives to every adapter by its environment. */
const environmentSecret = 'simulated';

const newSecret = () => `canary-${randomBytes(12).toString('hex')}`;
const mailbox = { clientId: 'client', clientSecret: 'client-secret', sender: 'vault@company.com' };
const mail = { to: 'ada@company.com', subject: 'from the vault', text: 'Hello' };
const users: readonly CredentialUser[] = [
  {
    tool: 'serpapi',
    provider: 'serpapi',
    action: 'serpapi/search',
    params: { q: 'credentials' },
    by: 'scraper',
    fields: (apiKey) => ({ apiKey }),
  },
  {
    tool: 'openai',
    provider: 'openai',
    action: 'openai/chat',
    params: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] },
    by: 'enricher',
    fields: (apiKey) => ({ apiKey }),
  },
];

before(() => Promise.all((['operator', 'scraper', 'enricher', 'engager'] as const).map(tokenOf)));
after(clearCredentials);

for (const user of users) {
  describe(`a credential of ${user.tool} that an operator stores`, { concurrency: false }, () => {
    const [first, second] = [newSecret(), newSecret()];

    it('is in use by the running adapter within 5 s, and so is the one that replaces it', async () => {
      assert.ok(await shows(user, environmentSecret));
      for (const [secret, status] of [
        [first, 201],
        [second, 200],
      ] as const) {
        const answer = await storeCredential(user.tool, user.fields(secret));
        assert.equal(answer.status, status, answer.text);
        assert.deepEqual(credentialSchema.strict().parse(answer.json).fields, ['apiKey']);
        assert.ok((await untilShown(user, secret, inUseWithinMs)) < inUseWithinMs);
      }
      assert.equal(await shows(user, first), false);
    });

    it('stays in use while auth-service is killed and comes back', async () => {
      const part = () => stack().parts.find(({ name }) => name === 'auth-service') ?? assert.fail();
      const { pid } = part();
      process.kill(pid ?? assert.fail('auth-service is not running'), 'SIGKILL');
      while (part().pid === pid || part().state !== 'ready') {
        assert.ok(await shows(user, second));
        await wait(20);
      }
      assert.ok(await shows(user, second));
    });

    it('gives way to the environment’s within 5 s when it is deleted', async () => {
      assert.equal((await askAsOperator(`/v1/credentials/${user.tool}`, 'DELETE')).status, 204);
      assert.ok((await untilShown(user, environmentSecret, inUseWithinMs)) < inUseWithinMs);
      assert.equal(
        problemOf(await askAsOperator(`/v1/credentials/${user.tool}`, 'GET')).code,
        'tool.unknown',
      );
    });
  });
}

describe('a credential of gmail_send', () => {
  it('changes the mailbox that mail is sent from', async () => {
    await storeCredential('gmail_send', { ...mailbox, refreshToken: newSecret() });
    const deadline = AbortSignal.timeout(inUseWithinMs);
    do {
      deadline.throwIfAborted();
      await wait(250);
      assert.equal((await callTool('gmail_send/send', mail, { by: 'engager' })).status, 200);
    } while ((await mailsWith(mail.subject))[0]?.from !== mailbox.sender);
  });
});

describe('a stored secret', () => {
  it('is out of reach at the edge: what adapters read it from is not there', async () => {
    await storeCredential('openai', { apiKey: newSecret() });
    for (const over of ['http', 'https'] as const) {
      for (const route of [
        '/internal/credentials/openai',
        '/v1/credentials/..%2f..%2finternal/credentials/openai',
      ]) {
        const headers = { authorization: `Bearer ${await tokenOf('operator')}` };
        assert.equal(problemOf(await ask(route, { over, headers })).code, 'route.unknown');
      }
    }
  });

  it('is told of in the audit trail by version and names of members alone', async () => {
    const { headers, json } = await storeCredential('serpapi', { apiKey: newSecret() });
    const { version, fields, updatedBy } = credentialSchema.parse(json);
    const deadline = AbortSignal.timeout(inUseWithinMs);
    for (;;) {
      const trail = await askAsOperator('/v1/audit?action=credential.put&limit=20', 'GET');
      const items = auditListSchema.parse(trail.json).items.filter((item) => item.kind === 'operator_change');
      const change = items.find(({ traceId }) => traceId === headers['x-correlation-id']);
      if (change !== undefined) {
        assert.ok(!trail.text.includes('canary-'));
        assert.deepEqual([change.operator, change.after], [updatedBy, { version, fields }]);
        return;
      }
      deadline.throwIfAborted();
      await wait(50);
    }
  });

  it('is in no log, no trace and no row of the whole mesh', async () => {
    const [apiKey, refreshToken] = [newSecret(), newSecret()];
    await storeCredential('openai', { apiKey });
    await storeCredential('gmail_send', { ...mailbox, refreshToken });
    for (const user of users.filter(({ tool }) => tool === 'openai'))
      await untilShown(user, apiKey, inUseWithinMs);
    const files = globSync(path.join(e2e.folder.state, '{logs,traces}/**/*'), { withFileTypes: true });
    const written = files
      .filter((file) => file.isFile())
      .map((file) => readFileSync(path.join(file.parentPath, file.name), 'latin1'));
    assert.match(written.join(), /credential handed to its adapter/);
    const rows = await query('select row_to_json(v)::text as row from auth.credential_versions v');
    const changes = await query('select row_to_json(c)::text as row from auth.operator_changes c');
    assert.match(JSON.stringify(changes), /credential\.put/);
    for (const text of [...written, JSON.stringify(rows), JSON.stringify(changes)])
      assert.ok(!text.includes('canary-'));
  });
});
