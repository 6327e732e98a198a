import { after, before, describe } from 'node:test';
import type { Stack } from '@4runr/local-stack';
import { driftEnvironment } from '../proofs/kills/quota-drift.ts';
import { type WatchedMesh, watchMesh } from '../proofs/kills/watched-mesh.ts';
import { startProofStack } from '../proofs/measure/proof-stack.ts';
import { testFrozenReplicas } from './killed/frozen-replicas.ts';
import { testJobs } from './killed/jobs.ts';
import { testMails } from './killed/mail-once.ts';
import { testQuotas } from './killed/quota-race.ts';

/** All that replicas are killed or frozen for, on one mesh of its own. Quotas come first: what other kills leave counted would be drift. */
describe('while replicas are killed', () => {
  let stack: Stack & AsyncDisposable;
  let mesh: WatchedMesh;

  before(async () => {
    stack = await startProofStack({
      scale: { 'proxy-service': 2, 'policy-service': 2, 'adapter-http-fetch': 2 },
      environment: { TOKEN_RATE_CLIENT: '0', FF_CHAOS: 'on', ...driftEnvironment },
    });
    mesh = await watchMesh(stack, 100);
  });
  after(async () => {
    await mesh?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  testQuotas(() => mesh);
  testFrozenReplicas(
    () => mesh,
    () => stack,
  );
  testJobs(() => mesh);
  testMails(() => mesh);
});
