import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from '../proofs/kills/seeded-random.ts';
import { planHour } from '../proofs/replay/hour-traffic.ts';
import { recordHour } from '../proofs/replay/record-hour.ts';
import { readReplay, replayHour } from '../proofs/replay/replay-hour.ts';
import { type ReplayedMesh, reachMesh } from '../proofs/replay/replayed-mesh.ts';
import { stack } from './mesh/gateway.ts';

describe('calls that the mesh has carried out, replayed', () => {
  let mesh: ReplayedMesh;
  before(() => {
    mesh = reachMesh(stack());
  });
  after(() => mesh.close());

  /** The short version of `npm run prove -- recorded-hour`. */
  it('change exactly where a candidate says so, and nowhere by the policies that decided them', async () => {
    const hour = await recordHour(mesh, { plan: planHour(60, seededRandom(1)), seconds: 0 });
    const [unchanged, ...rows] = await replayHour(mesh, hour);
    // A busy machine may keep some from being decided; those are in no replay.
    assert.ok(hour.calls.length > 30);
    assert.deepEqual([unchanged?.evaluated, unchanged?.changed], [hour.calls.length, {}]);
    assert.ok(rows.some(({ changed }) => Object.keys(changed).length > 0));
  });

  it('have, since the mesh began, the verdicts that they were given', async () => {
    const { token } = await mesh.signIn();
    const period = { from: '2026-01-01T00:00:00Z', to: new Date().toISOString() };
    const { evaluated, changed, unknown } = await readReplay(mesh.edge, token, period);
    assert.ok(evaluated > 0);
    // Of mails to sixty people fifty are recorded.
    assert.deepEqual([changed, unknown.filter(({ what }) => what !== 'recipient')], [[], []]);
  });
});
