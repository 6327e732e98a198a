import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertNoDrift } from '../../proofs/kills/quota-drift.ts';
import { raceShapes, runRace } from '../../proofs/kills/quota-race.ts';
import { reconcileRace } from '../../proofs/kills/reconcile-race.ts';
import { seededRandom } from '../../proofs/kills/seeded-random.ts';
import type { WatchedMesh } from '../../proofs/kills/watched-mesh.ts';

/** The short version of `npm run prove -- quota-race`. */
export const testQuotas = (mesh: () => WatchedMesh) =>
  describe('a quota with more calls at once than it allows', () => {
    const calls = 300;
    const limit = 60;
    const random = seededRandom(1);

    it('is used up exactly while nobody is killed', async () => {
      const race = await runRace(mesh(), {
        name: 'race-whole',
        shape: 'both',
        calls,
        limit,
        kills: [],
        random,
      });
      const { executed, lost, orphaned } = await reconcileRace(mesh(), race);
      assert.deepEqual([executed, lost, orphaned], [limit, 0, 0]);
      assert.equal(await assertNoDrift(mesh()), 0);
    });

    for (const [number, shape] of raceShapes.entries()) {
      it(`is never exceeded, and every call is accounted for, when replicas are killed: ${shape}`, async () => {
        const kills = [
          { anyOf: ['proxy-service', 'proxy-service-2'] },
          { anyOf: ['policy-service', 'policy-service-2'] },
        ];
        const race = await runRace(mesh(), { name: `race-${number}`, shape, calls, limit, kills, random });
        await reconcileRace(mesh(), race);
        assert.equal(race.killed.length, 2);
        await assertNoDrift(mesh());
      });
    }
  });
