import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Stack } from '@4runr/local-stack';
import { runUnderKills } from '../proofs/kills/loss-run.ts';
import { reconcileLoss } from '../proofs/kills/reconcile-loss.ts';
import { seededRandom } from '../proofs/kills/seeded-random.ts';
import { type WatchedMesh, watchMesh } from '../proofs/kills/watched-mesh.ts';
import { startProofStack } from '../proofs/measure/proof-stack.ts';

/** The short version of `npm run prove -- audit-loss`, on a mesh of its own. */
describe('the audit trail while parts are killed', () => {
  const callers = 12;
  let stack: Stack & AsyncDisposable;
  let mesh: WatchedMesh;

  before(async () => {
    stack = await startProofStack({ environment: { TOKEN_RATE_CLIENT: '0' } });
    mesh = await watchMesh(stack, callers);
  });
  after(async () => {
    await mesh?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  it('keeps every call and every change that was acknowledged, once and as it was told', async () => {
    // With this seed state Redis, Postgres and policy-service are each among the killed.
    const random = seededRandom(7);
    const run = await runUnderKills(mesh, { name: 'loss', strikes: 6, callers, random });
    const { acknowledged, mails, changes } = await reconcileLoss(mesh, run);
    assert.ok((run.killed.get('redis-state') ?? 0) > 0, 'the state Redis was not among the killed');
    assert.ok(acknowledged > 0 && mails > 0 && changes > 0, 'nothing was acknowledged');
  });
});
