/**
 * Whether calls of the past can be decided anew: an hour of mixed traffic through the mesh, of all tools and all kinds of verdict,
 * is replayed by the policies that decided it, of which one changed on the way, and by candidates. What each candidate changes, and
 * what nobody can say, is known from the traffic itself and compared call by call.
 *
 * `npm run prove -- recorded-hour [seed] [calls] [minutes]`
 */
import { seededRandom } from './kills/seeded-random.ts';
import { withStack } from './measure/proof-stack.ts';
import { hourKinds, planHour } from './replay/hour-traffic.ts';
import { type MadeCall, recordHour } from './replay/record-hour.ts';
import { type ReplayRow, replayHour } from './replay/replay-hour.ts';
import { reachMesh } from './replay/replayed-mesh.ts';

const [seed = 1, calls = 3_600, minutes = 60] = process.argv.slice(2).map(Number);

await withStack({ environment: { TOKEN_RATE_CLIENT: '0' } }, async (stack) => {
  const mesh = reachMesh(stack.describe());
  const plan = planHour(calls, seededRandom(seed));
  const hour = await recordHour(mesh, { plan, seconds: minutes * 60 });
  describeTraffic(hour.calls);
  describeReplays(await replayHour(mesh, hour));
  await mesh.close();
});

function describeTraffic(made: readonly MadeCall[]): void {
  console.log(
    `Seed ${seed}. ${made.length} calls in ${minutes} minutes, one after another, each as it is made by an agent.\n`,
  );
  console.log('| call | answered |');
  console.log('|---|---|');
  const byKind = Map.groupBy(made, (call) => call.kind);
  for (const kind of hourKinds) {
    const of = byKind.get(kind) ?? [];
    const told = Map.groupBy(of, (call) => `${call.told}${call.isRepeated ? ' again' : ''}`);
    console.log(`| ${kind} | ${[...told].map(([what, { length }]) => `${what}: ${length}`).join(', ')} |`);
  }
}

function describeReplays(rows: readonly ReplayRow[]): void {
  console.log(
    '\n| changed policy | calls | verdicts that would be others | undeterminable, for what is not known |',
  );
  console.log('|---|---|---|---|');
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, count]) => `${what}: ${count}`)
      .join(', ');
  for (const { change, evaluated, changed, undeterminable, unknown } of rows)
    console.log(
      `| ${change} | ${evaluated} | ${list(changed) || 'none'} | ${undeterminable}${undeterminable === 0 ? '' : ` (${list(unknown)})`} |`,
    );
  console.log(
    '\nEvery replay lists exactly the calls, and leaves open exactly those, that the traffic itself says.',
  );
}
