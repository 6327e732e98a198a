import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  auditStreams,
  type OperatorChange,
  operatorChangeSchema,
  parseAuditMessage,
} from '@4runr/contracts/audit';
import { createSeverableLink, type SeverableLink } from '@4runr/service-kit/testing';
import { forgetOldChanges } from '../../src/store/operator-change-outbox.ts';
import {
  type AuthServiceUnderTest,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey } from '../fixtures/client-key.ts';
import { queryDatabase } from '../fixtures/database.ts';
import { eventually } from '../fixtures/eventually.ts';
import { openDatabase } from '../fixtures/open-database.ts';
import { createOperatorClient } from '../fixtures/operator-client.ts';

/** Two replicas; the second one reaches Redis by a link. */
let service: AuthServiceUnderTest;
let link: SeverableLink;
let key: ClientKey;
before(async () => {
  service = await startAuthService();
  link = await createSeverableLink(service.redis.url);
  key = await generateClientKey('ES256');
});
after(async () => {
  await link.close();
  await service.stop();
});
beforeEach(() => link.mend());

/** Everything that is in the streams, in their order. */
async function relayed(): Promise<readonly OperatorChange[]> {
  const streams = await Promise.all(
    auditStreams.map(({ key: stream }) => service.redis.client.xRange(stream, '-', '+')),
  );
  return streams
    .flat()
    .map((entry) => operatorChangeSchema.strict().parse(parseAuditMessage({ ...entry?.message })));
}

async function relayedOf(id: string): Promise<readonly OperatorChange[]> {
  return (await relayed()).filter(({ target }) => target.id === id);
}

describe('what operators change', { concurrency: false }, () => {
  it('is in the audit stream within two seconds, as the contract has it', async () => {
    const { id } = await registerAgent(service, [key]);
    const [change] = await eventually(async () => {
      const changes = await relayedOf(id);
      assert.equal(changes.length, 1);
      return changes;
    }, 1_500);
    assert.equal(change?.action, 'agent.create');
    assert.match(change.operator, /^opr_/);
  });

  it('of one agent comes in its order, once each, however many replicas relay', async () => {
    await service.startReplica();
    const { id } = await registerAgent(service, [key]);
    const operator = await createOperatorClient(service);
    for (let index = 0; index < 20; index += 1) {
      const name = `Name ${index}`;
      await operator.send(`PATCH /v1/agents/${id}`, { body: { name }, headers: { 'if-match': '*' } });
    }
    const changes = await eventually(async () => {
      const all = await relayedOf(id);
      assert.ok(all.length >= 21);
      return all;
    });
    assert.equal(new Set(changes.map((change) => change.id)).size, 21);
    assert.equal(changes.length, 21);
  });

  it('waits while Redis is away, and is relayed by itself afterwards', async () => {
    const alone = await startAuthService({ REDIS_URL: link.url });
    try {
      const { id } = await registerAgent(alone, [key]);
      const operator = await createOperatorClient(alone);
      await link.sever();
      const body = { name: 'Changed meanwhile' };
      assert.equal(
        (await operator.send(`PATCH /v1/agents/${id}`, { body, headers: { 'if-match': '*' } })).status,
        200,
      );
      assert.ok((await relayedOf(id)).length <= 1);
      await link.mend();
      await eventually(async () => {
        const actions = new Set((await relayedOf(id)).map(({ action }) => action));
        assert.deepEqual([...actions].sort(), ['agent.create', 'agent.update']);
      });
    } finally {
      await link.mend();
      await alone.stop();
    }
  });

  it('is not kept here for ever', async () => {
    const { id } = await registerAgent(service, [key]);
    await eventually(async () => assert.equal((await relayedOf(id)).length, 1));
    await queryDatabase(
      service.databaseUrl,
      `update auth.operator_changes set published_at = now() - interval '8 days' where target_id = $1`,
      [id],
    );
    const database = openDatabase(service.databaseUrl);
    await forgetOldChanges(database);
    await database.destroy();
    const left = await queryDatabase(service.databaseUrl, 'select target_id from auth.operator_changes');
    assert.ok(left.length > 0);
    assert.ok(left.every((row) => (row as { target_id: string }).target_id !== id));
  });

  it('is relayed once more when Redis has lost its data, under the same id', async () => {
    const { id } = await registerAgent(service, [key]);
    const [before] = await eventually(async () => {
      const changes = await relayedOf(id);
      assert.equal(changes.length, 1);
      return changes;
    });
    await service.redis.loseData();
    const again = await eventually(async () => {
      const changes = await relayedOf(id);
      assert.ok(changes.length >= 1);
      return changes;
    });
    assert.deepEqual(again[0], before);
  });
});
