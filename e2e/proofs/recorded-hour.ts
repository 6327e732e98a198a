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
import { type RecordedHour, recordHour } from './replay/record-hour.ts';
import { type ReplayRow, replayHour } from './replay/replay-hour.ts';
import { reachMesh } from './replay/replayed-mesh.ts';

const [seed = 1, calls = 3_600, minutes = 60] = process.argv.slice(2).map(Number);

await withStack({ environment: { TOKEN_RATE_CLIENT: '0' } }, async (stack) => {
  const mesh = reachMesh(stack.describe());
  const plan = planHour(calls, seededRandom(seed));
  const hour = await recordHour(mesh, { plan, seconds: minutes * 60 });
  describeTraffic(hour);
  describeReplays(await replayHour(mesh, hour));
  await mesh.close();
});

function describeTraffic({ calls: made, undecided }: RecordedHour): void {
  const decided = `${made.length} calls were decided, one after another, within ${minutes} minutes`;
  const hindered = undecided.size === 0 ? 'none was not' : `not decided: ${listCounts(undecided)}`;
  console.log(`Seed ${seed}. ${decided}; ${hindered}.\n`);
  console.log('| call | answered |');
  console.log('|---|---|');
  const byKind = Map.groupBy(made, (call) => call.kind);
  for (const kind of hourKinds) {
    const of = byKind.get(kind) ?? [];
    const told = Map.groupBy(of, (call) => `${call.told}${call.isRepeated ? ' again' : ''}`);
    console.log(`| ${kind} | ${[...told].map(([what, { length }]) => `${what}: ${length}`).join(', ')} |`);
  }
}

function listCounts(counts: Iterable<readonly [string, number]>): string {
  return [...counts].map(([what, count]) => `${what}: ${count}`).join(', ');
}

function describeReplays(rows: readonly ReplayRow[]): void {
  console.log(
    '\n| changed policy | calls | verdicts that would be others | undeterminable, for what is not known |',
  );
  console.log('|---|---|---|---|');
  for (const { change, evaluated, changed, undeterminable, unknown } of rows)
    console.log(
      `| ${change} | ${evaluated} | ${listCounts(Object.entries(changed)) || 'none'} | ${undeterminable}${undeterminable === 0 ? '' : ` (${listCounts(Object.entries(unknown))})`} |`,
    );
  console.log(
    '\nEvery replay lists exactly the calls, and leaves open exactly those, that the traffic itself says.',
  );
}
