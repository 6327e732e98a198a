import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Stack } from '@4runr/local-stack';
import { assertNoDrift, driftEnvironment } from '../proofs/kills/quota-drift.ts';
import { raceShapes, runRace } from '../proofs/kills/quota-race.ts';
import { reconcileRace } from '../proofs/kills/reconcile-race.ts';
import { seededRandom } from '../proofs/kills/seeded-random.ts';
import { type WatchedMesh, watchMesh } from '../proofs/kills/watched-mesh.ts';
import { startProofStack } from '../proofs/measure/proof-stack.ts';

/** The short version of `npm run prove -- quota-race`, on a mesh of its own with two replicas. */
describe('a quota with more calls at once than it allows', () => {
  const calls = 300;
  const limit = 60;
  const random = seededRandom(1);
  const replicas = 2;
  let stack: Stack & AsyncDisposable;
  let mesh: WatchedMesh;

  before(async () => {
    stack = await startProofStack({
      scale: { 'proxy-service': replicas, 'policy-service': replicas },
      environment: { TOKEN_RATE_CLIENT: '0', ...driftEnvironment },
    });
    mesh = await watchMesh(stack, 100);
  });
  after(async () => {
    await mesh?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it('is used up exactly while nobody is killed', async () => {
    const race = await runRace(mesh, { name: 'race-whole', shape: 'both', calls, limit, kills: [], random });
    const { executed, lost, orphaned } = await reconcileRace(mesh, race);
    assert.deepEqual([executed, lost, orphaned], [limit, 0, 0]);
    assert.equal(await assertNoDrift(mesh), 0);
  });

  for (const [number, shape] of raceShapes.entries()) {
    it(`is never exceeded, and every call is accounted for, when replicas are killed: ${shape}`, async () => {
      const kills = [
        { anyOf: ['proxy-service', 'proxy-service-2'] },
        { anyOf: ['policy-service', 'policy-service-2'] },
      ];
      const race = await runRace(mesh, { name: `race-${number}`, shape, calls, limit, kills, random });
      await reconcileRace(mesh, race);
      assert.equal(race.killed.length, 2);
      await assertNoDrift(mesh);
    });
  }
});
