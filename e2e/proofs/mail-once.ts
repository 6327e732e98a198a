/**
 * Whether a mail with an `Idempotency-Key` goes out at most once: the simulated Gmail is hit by every kind of fault, replicas of
 * proxy-service, the adapter and the state Redis are killed by SIGKILL, and clients ask with the same key until they know. Afterwards
 * what each was told, the mailbox and the audit trail are compared mail by mail.
 *
 * `npm run prove -- mail-once [seed] [mails] [kills] [callers]`
 */
import { runMails } from './kills/mail-run.ts';
import { reconcileMails } from './kills/reconcile-mails.ts';
import { seededRandom } from './kills/seeded-random.ts';
import { watchMesh } from './kills/watched-mesh.ts';
import { withStack } from './measure/proof-stack.ts';

const [seed = 1, mails = 10_000, kills = 40, callers = 48] = process.argv.slice(2).map(Number);
const proxies = ['proxy-service', 'proxy-service-2', 'proxy-service-3'];
const random = seededRandom(seed);

await withStack(
  {
    scale: { 'proxy-service': proxies.length },
    environment: { TOKEN_RATE_CLIENT: '0', FF_CHAOS: 'on' },
  },
  async (stack) => {
    const mesh = await watchMesh(stack, callers);
    const startedAt = performance.now();
    try {
      const parts = [...proxies, ...proxies, 'adapter-gmail-send', 'redis-state'];
      const run = await runMails(mesh, { name: 'mail-once', mails, callers, kills, parts, random });
      const { ends, requests, replays, recorded } = await reconcileMails(mesh, run);
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      console.log(`Seed ${seed}. ${mails} mails, ${callers} under way at once; ${seconds} s.`);
      console.log(
        `Killed: ${[...run.killed]
          .map(([part, times]) => `${part} ${times}`)
          .sort()
          .join(', ')}.\n`,
      );
      console.log('| what the client was told in the end | mails | of these in the mailbox |');
      console.log('|---|---|---|');
      for (const [end, { mails: ended, arrived }] of Object.entries(ends))
        console.log(`| ${end} | ${ended} | ${arrived} |`);
      console.log(
        `\n${requests} requests, ${replays} answered by the outcome of an earlier one; ${recorded} records in the audit trail. No mail is in the`,
      );
      console.log(
        'mailbox twice, no call of a mail was dispatched beside another, and every replay names the one that was.',
      );
    } finally {
      await mesh.close();
    }
  },
);
