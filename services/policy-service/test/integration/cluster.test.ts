import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditStreamKeyOf } from '@4runr/contracts/audit';
import type { EvaluationRequest } from '@4runr/contracts/decision';
import { revocationKeys } from '@4runr/contracts/revocation';
import { startTestRedisCluster, type TestRedisCluster, type TestRedisNode } from '@4runr/local-stack/parts';
import { type RunningService, startService } from '@4runr/service-kit/lifecycle';
import { untilRevocationsAreRead } from '@4runr/service-kit/testing';
import { compose } from '../../src/compose.ts';
import { type PolicyConfig, readConfig } from '../../src/config.ts';
import {
  createServiceDatabase,
  eventually,
  postEvaluation,
  questionOf,
  type ServiceDatabase,
  settingsFor,
  storedRecordOf,
} from '../fixtures/policy-service-under-test.ts';

const withinMs = 30_000;

let cluster: TestRedisCluster | undefined;
let database: ServiceDatabase;
let service: RunningService;
before(async () => {
  cluster = await startTestRedisCluster();
  if (cluster === undefined) return;
  const { url } = cluster;
  // Nobody is revoked.
  await (await cluster.masterOf(revocationKeys.generation)).send('SET', revocationKeys.generation, 'run.1');
  database = await createServiceDatabase();
  const config = () => readConfig(settingsFor({ database: database.url, redis: url }));
  service = await startService<PolicyConfig>({ name: 'policy-service', config, compose });
  await untilRevocationsAreRead(service.url);
});
after(async () => {
  if (cluster === undefined) return;
  await service.stop();
  await database.drop();
  await cluster.stop();
});

/** A question about a call of an agent whose partition is on the node, or is not. */
async function questionAbout(
  { masterOf }: TestRedisCluster,
  node: TestRedisNode,
  isThere: boolean,
): Promise<EvaluationRequest> {
  for (let number = 0; ; number += 1) {
    const id = `agt_${number}`;
    if (((await masterOf(auditStreamKeyOf(id))) === node) !== isThere) continue;
    const question = questionOf('scraper', 'serpapi:search');
    return { ...question, subject: { ...question.subject, id } };
  }
}

const statusOf = async (question: EvaluationRequest) => (await postEvaluation(service.url, question)).status;

describe('with a Redis Cluster as state Redis', () => {
  it('calls are decided and recorded; a node that is gone concerns its own agents alone, and comes back by itself', async (context) => {
    if (cluster === undefined) return context.skip('there is no Redis here that knows clusters');
    const ofRevocations = await cluster.masterOf(revocationKeys.generation);
    const node = cluster.masters.find((master) => master !== ofRevocations);
    assert.ok(node);
    const ask = async (isThere: boolean) => {
      assert.ok(cluster);
      return questionAbout(cluster, node, isThere);
    };
    for (const question of [await ask(true), await ask(false)]) {
      await eventually(async () => (await statusOf(question)) === 200, withinMs);
      assert.equal((await storedRecordOf(database, question)).decision, 'allowed');
    }

    const [theirs, others] = [await ask(true), await ask(false)];
    await node.kill();
    const refused = await postEvaluation(service.url, theirs);
    assert.deepEqual(
      [refused.status, ((await refused.json()) as { code: string }).code],
      [503, 'policy.unavailable'],
    );
    assert.equal(await statusOf(others), 200);
    assert.equal((await storedRecordOf(database, others)).decision, 'allowed');

    await node.start();
    await eventually(async () => (await statusOf(theirs)) === 200, withinMs);
    assert.equal((await storedRecordOf(database, theirs)).decision, 'allowed');
  });
});
