/**
 * Whether the audit trail keeps what was acknowledged while any part is killed by SIGKILL at any moment, state Redis and Postgres
 * included: callers call and operators change things all the time. Afterwards every answer that named its record, every mail that
 * the simulated Gmail received, and every change that an operator was told of is looked for in Postgres: there once, and the same.
 *
 * `npm run prove -- audit-loss [seed] [rounds] [kills of each round] [callers]`
 */
import { runUnderKills } from './kills/loss-run.ts';
import { reconcileLoss } from './kills/reconcile-loss.ts';
import { seededRandom } from './kills/seeded-random.ts';
import { watchMesh } from './kills/watched-mesh.ts';
import { withStack } from './measure/proof-stack.ts';

const [seed = 1, rounds = 5, strikes = 40, callers = 24] = process.argv.slice(2).map(Number);
const replicas = 2;
const random = seededRandom(seed);

await withStack(
  {
    scale: { 'proxy-service': replicas, 'policy-service': replicas },
    environment: { TOKEN_RATE_CLIENT: '0' },
  },
  async (stack) => {
    const mesh = await watchMesh(stack, callers);
    console.log(
      `Seed ${seed}. ${callers} callers and an operator; ${strikes} times in a round a part is killed, every fourth time two.`,
    );
    console.log(
      `${replicas} replicas each of proxy-service and policy-service, one of everything else, the state Redis with its`,
    );
    console.log('append-only file. Acknowledged: answered with the id of its record.\n');
    console.log('| killed | calls | acknowledged | mails | changes | lost | 200 without an outcome yet |');
    console.log('|---|---|---|---|---|---|---|');
    try {
      for (let number = 1; number <= rounds; number += 1) {
        const run = await runUnderKills(mesh, { name: `loss-${number}`, strikes, callers, random });
        const { acknowledged, mails, changes, withoutOutcome } = await reconcileLoss(mesh, run);
        const killed = [...run.killed].map(([part, times]) => `${part}: ${times}`).sort();
        console.log(
          `| ${killed.join(', ')} | ${run.seen.length} | ${acknowledged} | ${mails} | ${changes} | 0 | ${withoutOutcome} |`,
        );
      }
    } finally {
      await mesh.close();
    }
    console.log('\nNothing that was acknowledged is missing, twice, or told differently.');
  },
);
