import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CallDecision } from '@4runr/contracts/audit';
import type { QuotaClaim } from '@4runr/contracts/decision';
import { createTestRedis, type TestRedis } from '@4runr/service-kit/testing';
import type { RedisClientType } from '@redis/client';
import {
  createCallSettler,
  createDecisionTaker,
  type DecisionDraft,
  type DecisionTaker,
} from '../../src/index.ts';
import { claimOf, draftOf, outcomeOf, unique } from '../fixtures/ledger-under-test.ts';

const replicas = 4;
const calls = 2_000;

let redis: TestRedis;
let clients: RedisClientType[];
let takers: DecisionTaker[];
before(async () => {
  redis = await createTestRedis();
  clients = await Promise.all(Array.from({ length: replicas }, () => redis.client.duplicate().connect()));
  takers = clients.map((client) => createDecisionTaker(client, { streamItemsMax: 1_000_000 }));
});
after(async () => {
  for (const client of clients) client.destroy();
  await redis.drop();
});

/** As many calls at once as there are drafts, each asked of another replica than the one before. */
function takeAtOnce(
  drafts: readonly DecisionDraft[],
  claims: readonly QuotaClaim[],
): Promise<CallDecision[]> {
  const asked = claims.map((claim) => ({ claim, amount: 1 }));
  return Promise.all(
    drafts.map((draft, index) => takers[index % replicas]?.take(draft, asked) ?? assert.fail()),
  );
}

const countAllowed = (decisions: readonly CallDecision[]) =>
  decisions.filter(({ decision }) => decision === 'allowed').length;

/** Calls by agents of one role, who lie in different partitions. */
function draftsOf(agents: number): DecisionDraft[] {
  const role = unique('role');
  const names = Array.from({ length: agents }, () => unique('agt'));
  return Array.from({ length: calls }, (_, index) => draftOf({ role, agent: names[index % agents] ?? '' }));
}

describe(`${calls} calls at once over ${replicas} replicas`, () => {
  const rows: [name: string, claim: QuotaClaim, agents: number][] = [
    ['a fixed window', claimOf({ limit: 300, algorithm: 'fixed', windowSeconds: 86_400 }), 1],
    ['a sliding window', claimOf({ limit: 300, windowSeconds: 86_400 }), 1],
    [
      'a role’s fixed window',
      claimOf({ limit: 300, algorithm: 'fixed', windowSeconds: 86_400, per: 'role' }),
      40,
    ],
    ['a role’s sliding window', claimOf({ limit: 300, windowSeconds: 86_400, per: 'role' }), 40],
  ];
  for (const [name, claim, agents] of rows) {
    it(`${name} allows exactly its limit`, async () => {
      assert.equal(countAllowed(await takeAtOnce(draftsOf(agents), [claim])), claim.limit);
    });
  }

  it('a sliding window that counts in parts allows exactly its limit', async () => {
    const claim = claimOf({ limit: 20_000, cost: 'tokens' });
    const taker = createDecisionTaker(redis.client, { streamItemsMax: 1_000_000 });
    const drafts = draftsOf(1);
    const decisions = await Promise.all(drafts.map((draft) => taker.take(draft, [{ claim, amount: 100 }])));
    assert.equal(countAllowed(decisions), 200);
  });

  it('quotas of agents and of their role together never give more than either has', async () => {
    const shared = claimOf({ limit: 100, per: 'role', windowSeconds: 86_400 });
    const own = claimOf({ limit: 5, windowSeconds: 86_400 });
    const decisions = await takeAtOnce(draftsOf(40), [shared, own]);
    const perAgent = Map.groupBy(
      decisions.filter(({ decision }) => decision === 'allowed'),
      ({ agent }) => agent,
    );
    assert.ok([...perAgent.values()].every(({ length }) => length <= 5));
    assert.ok(countAllowed(decisions) <= 100);
  });

  it('an agent that has used up its own quota does not keep others from that of the role', async () => {
    const shared = claimOf({ limit: 200, per: 'role', windowSeconds: 86_400 });
    const own = claimOf({ limit: 5, windowSeconds: 86_400 });
    const drafts = draftsOf(40);
    const { agent: greedy = '', role = '' } = drafts[0] ?? {};
    const ask = (count: number) =>
      takeAtOnce(
        Array.from({ length: count }, () => draftOf({ agent: greedy, role })),
        [shared, own],
      );
    assert.equal(countAllowed(await ask(40)), 5);
    const [flood, others] = await Promise.all([
      ask(calls),
      takeAtOnce(drafts.filter(({ agent }) => agent !== greedy).slice(0, 195), [shared, own]),
    ]);
    assert.deepEqual([countAllowed(flood), countAllowed(others)], [0, 195]);
  });

  it('a call that is asked about many times at once takes once', async () => {
    const claim = claimOf({ limit: 2, windowSeconds: 86_400 });
    const shared = claimOf({ limit: 2, windowSeconds: 86_400, per: 'role' });
    const draft = draftOf({ role: unique('role') });
    const decisions = await takeAtOnce(Array<DecisionDraft>(200).fill(draft), [claim, shared]);
    assert.equal(new Set(decisions.map((decision) => JSON.stringify(decision))).size, 1);
    const [next, last] = [
      await takeAtOnce([{ ...draft, id: unique('call') }], [claim, shared]),
      await takeAtOnce([{ ...draft, id: unique('call') }], [claim, shared]),
    ];
    assert.deepEqual([countAllowed(next), countAllowed(last)], [1, 0]);
  });

  it('what is given back is taken by others, and at the end nothing is missing', async () => {
    const claim = claimOf({ limit: 100, windowSeconds: 86_400 });
    const settler = createCallSettler(redis.client);
    const drafts = draftsOf(1);
    let kept = 0;
    for (let first = 0; first < calls; first += 200) {
      const decisions = await takeAtOnce(drafts.slice(first, first + 200), [claim]);
      const allowed = decisions.filter(({ decision }) => decision === 'allowed');
      assert.equal(allowed.length, Math.min(200, claim.limit - kept));
      const isGivenBack = (index: number) => index % 10 !== 0;
      kept += allowed.filter((_, index) => !isGivenBack(index)).length;
      await Promise.all(
        allowed.map((decision, index) =>
          settler.settle(outcomeOf(decision), { isGivenBack: isGivenBack(index), used: {} }),
        ),
      );
    }
    const [last] = await takeAtOnce([draftOf({ agent: drafts[0]?.agent ?? '' })], [claim]);
    assert.equal(last?.quota[0]?.remaining, claim.limit - kept - 1);
  });
});
