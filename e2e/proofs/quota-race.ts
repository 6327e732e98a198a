/**
 * Whether quotas hold while replicas are killed: three replicas of proxy-service and of policy-service, and far more calls at
 * once than a quota allows. Each round kills one replica of each by SIGKILL while shares are left. Afterwards the mails that the
 * simulated Gmail received, the counters in Redis, the audit trail in Postgres and what the clients saw are compared row by row.
 * One round of each shape kills nobody: then exactly as many calls are carried out as the limit says.
 *
 * `npm run prove -- quota-race [seed] [rounds of each shape with kills] [calls] [limit]`
 */
import assert from 'node:assert/strict';
import { assertNoDrift, driftEnvironment } from './kills/quota-drift.ts';
import { type RaceShape, raceShapes, runRace } from './kills/quota-race.ts';
import { type RaceResult, reconcileRace } from './kills/reconcile-race.ts';
import { seededRandom } from './kills/seeded-random.ts';
import { type WatchedMesh, watchMesh } from './kills/watched-mesh.ts';
import { withStack } from './measure/proof-stack.ts';

const [seed = 1, rounds = 5, calls = 5_000, limit = 1_000] = process.argv.slice(2).map(Number);
/** Calls under way at once. */
const connections = 500;
const replicas = 3;
const random = seededRandom(seed);

const replicasOf = (service: string) => ({
  anyOf: [service, ...Array.from({ length: replicas - 1 }, (_, index) => `${service}-${index + 2}`)],
});

await withStack(
  {
    scale: { 'proxy-service': replicas, 'policy-service': replicas },
    environment: { TOKEN_RATE_CLIENT: '0', ...driftEnvironment },
  },
  async (stack) => {
    const mesh = await watchMesh(stack, connections);
    console.log(
      `Seed ${seed}. ${calls} calls, ${connections} under way at once, for a limit of ${limit}; ${replicas} replicas each of`,
    );
    console.log('proxy-service and policy-service. Lost: counted, and no mail arrived.\n');
    console.log(
      '| quota | killed | mails | counted by the trail | lost | orphaned shares of the role | 200 without an outcome yet | answers |',
    );
    console.log('|---|---|---|---|---|---|---|---|');
    try {
      for (const shape of raceShapes) await proveShape(mesh, shape);
    } finally {
      await mesh.close();
    }
    console.log(
      '\nEvery row agrees in all four places, and after each round policy-service found `gateway_quota_drift` zero, but for',
    );
    console.log('the orphaned shares.');
  },
);

async function proveShape(mesh: WatchedMesh, shape: RaceShape): Promise<void> {
  const unhurt = await round(mesh, shape, 0, false);
  assert.equal(unhurt.executed, limit);
  assert.deepEqual([unhurt.lost, unhurt.orphaned], [0, 0]);
  for (let number = 1; number <= rounds; number += 1) await round(mesh, shape, number, true);
}

async function round(
  mesh: WatchedMesh,
  shape: RaceShape,
  number: number,
  isHurt: boolean,
): Promise<RaceResult> {
  const name = `race-${raceShapes.indexOf(shape)}-${number}`;
  const kills = isHurt ? [replicasOf('proxy-service'), replicasOf('policy-service')] : [];
  const race = await runRace(mesh, { name, shape, calls, limit, kills, random });
  const result = await reconcileRace(mesh, race);
  await assertNoDrift(mesh);
  const { executed, taken, lost, orphaned, withoutOutcome, answers } = result;
  const told = Object.entries(answers)
    .map(([code, count]) => `${code}: ${count}`)
    .sort()
    .join(', ');
  const killed = race.killed.join(', ') || 'nobody';
  console.log(
    `| ${shape} | ${killed} | ${executed} | ${taken} | ${lost} | ${orphaned} | ${withoutOutcome} | ${told} |`,
  );
  return result;
}
