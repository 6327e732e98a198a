import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type AuditList, auditListSchema } from '@4runr/contracts/audit';
import { type Replay, replaySchema } from '@4runr/contracts/replay';
import { startTestPostgresPair, type TestPostgresPair } from '@4runr/local-stack/parts';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import {
  createSeverableLink,
  createTestRedis,
  type SeverableLink,
  type TestRedis,
  writeRevocationList,
} from '@4runr/service-kit/testing';
import { sql } from 'kysely';
import type { PolicyDatabase } from '../../src/store/database-schema.ts';
import { appendChange, newChange } from '../fixtures/audit-items.ts';
import { issuer, startTokenIssuer, type TokenIssuer } from '../fixtures/operator-tokens.ts';
import { eventually, openDatabase, startPolicyService } from '../fixtures/policy-service-under-test.ts';

/** Long enough for a busy machine, in milliseconds. */
const withinMs = 30_000;

let servers: TestPostgresPair;
let links: { primary: SeverableLink; replica: SeverableLink };
let replica: PolicyDatabase;
let redis: TestRedis;
let tokens: TokenIssuer;
let service: RunningService;

const start = (readUrl: string): Promise<RunningService> =>
  startPolicyService(links.primary.url, {
    AUDIT_READ_DATABASE_URL: readUrl,
    AUDIT_READ_LAG_SECONDS_MAX: '2',
    REDIS_URL: redis.url,
    AUTH_SERVICE_URL: tokens.url,
    PUBLIC_URL: issuer,
  });

before(async () => {
  servers = await startTestPostgresPair({ cacheDir: path.join(import.meta.dirname, '../../../../.local') });
  links = {
    primary: await createSeverableLink(servers.primaryUrl),
    replica: await createSeverableLink(servers.replicaUrl),
  };
  replica = openDatabase(servers.replicaUrl);
  redis = await createTestRedis();
  await writeRevocationList(redis.client);
  tokens = await startTokenIssuer();
  service = await start(links.replica.url);
});
after(async () => {
  await service.stop();
  await tokens.close();
  await redis.drop();
  await replica.destroy();
  await Promise.all([links.primary.close(), links.replica.close()]);
  await servers.stop();
});
beforeEach(() => untilMetric('gateway_audit_replica_fit', (fit) => fit === 1));

async function metric(name: string, { url } = service): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(name) && !each.startsWith('#'));
  return Number(line?.split(' ').at(-1));
}

const untilMetric = (name: string, isWished: (value: number) => boolean, of = service): Promise<void> =>
  eventually(async () => isWished(await metric(name, of)), withinMs);

/** How many reads came to this so far. */
const reads = (result: string, of = service) =>
  metric(`gateway_audit_replica_reads_total{result="${result}"`, of);

async function list({ url } = service): Promise<AuditList> {
  const headers = await tokens.authorize({ role: 'operator', scope: 'audit:read' });
  const response = await fetch(`${url}/v1/audit`, { headers });
  assert.equal(response.status, 200);
  return auditListSchema.parse(await response.json());
}

const shows = async (id: string, of = service) => (await list(of)).items.some((item) => item.id === id);

/** That an item is shown says nothing of the replica while the primary may have answered. */
const untilReplicaShows = (id: string): Promise<void> =>
  eventually(async () => {
    const answered = await reads('answered');
    return (await shows(id)) && (await reads('answered')) > answered;
  }, withinMs);

async function appendNew(): Promise<string> {
  const change = newChange();
  await appendChange(redis, change);
  return change.id;
}

async function replay(): Promise<Replay> {
  const headers = await tokens.authorize({ role: 'operator', scope: 'policies:read' });
  const from = new Date(Date.now() - 60_000).toISOString();
  const response = await fetch(`${service.url}/v1/policies/replay`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ from, to: new Date().toISOString() }),
  });
  assert.equal(response.status, 200);
  return replaySchema.parse(await response.json());
}

describe('a replica of the audit trail', () => {
  it('answers searches and the reading of calls for replays', async () => {
    const id = await appendNew();
    await untilReplicaShows(id);
    await eventually(async () => {
      const answered = await reads('answered');
      await replay();
      return (await reads('answered')) > answered;
    }, withinMs);
  });

  it('answers searches also while the primary is away', async () => {
    const id = await appendNew();
    await untilReplicaShows(id);
    await links.primary.sever();
    try {
      const answered = await reads('answered');
      assert.ok(await shows(id));
      assert.equal(await reads('answered'), answered + 1);
    } finally {
      await links.primary.mend();
    }
  });

  it('is not asked while it lags further behind than it may: what the primary has is shown', async () => {
    await sql`select pg_wal_replay_pause()`.execute(replica);
    try {
      const id = await appendNew();
      await untilMetric('gateway_audit_replica_lag_seconds', (seconds) => seconds > 2);
      await eventually(() => shows(id), withinMs);
      assert.ok((await reads('lagging')) > 0);
      assert.equal(await metric('gateway_audit_replica_fit'), 0);
    } finally {
      await sql`select pg_wal_replay_resume()`.execute(replica);
    }
    await untilMetric('gateway_audit_replica_lag_seconds', (seconds) => seconds === 0);
  });

  it('that cannot be reached leaves the service ready, and the primary answers', async () => {
    await links.replica.sever();
    try {
      const id = await appendNew();
      await eventually(() => shows(id), withinMs);
      await untilMetric('gateway_audit_replica_fit', (fit) => fit === 0);
      assert.ok(await shows(id));
      assert.ok((await reads('unreachable')) > 0);
      assert.equal((await fetch(`${service.url}/readyz`)).status, 200);
    } finally {
      await links.replica.mend();
    }
  });

  it('is not even waited for at the start, and a server that is none is not asked', async () => {
    for (const url of ['postgres://nobody@127.0.0.1:1/none', servers.primaryUrl]) {
      const other = await start(url);
      try {
        const id = await appendNew();
        await eventually(() => shows(id, other), withinMs);
        assert.equal(await reads('answered', other), 0);
        assert.equal((await fetch(`${other.url}/readyz`)).status, 200);
      } finally {
        await other.stop();
      }
    }
  });
});
