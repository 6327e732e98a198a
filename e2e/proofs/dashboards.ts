/**
 * That every panel of every dashboard has something to show: a mesh is scraped by a real Prometheus with the rules of this
 * repository while a little of everything happens, and each panel's query is asked. Exporters of Redis and Postgres are
 * started where they are on PATH (Debian: `prometheus-redis-exporter`, `prometheus-postgres-exporter`).
 *
 * `npm run prove -- dashboards`
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dashboards } from '@4runr/grafana-dashboards';
import { type PanelQuery, queriesOf } from '@4runr/grafana-dashboards/queries';
import { Client } from 'pg';
import { withStack } from './measure/proof-stack.ts';
import { startScraper } from './measure/scraper.ts';

const has = (command: string) => spawnSync(command, ['--version']).error === undefined;
if (!has('prometheus')) {
  console.log('skipped: prometheus is not on PATH');
  process.exit(0);
}

const prices = JSON.stringify({ 'gpt-4o-mini': { input: 1, output: 1 } });
await withStack({ environment: { FF_CHAOS: 'on', OPENAI_PRICES: prices } }, async (stack, folder) => {
  Object.assign(process.env, { E2E_STATE: folder.state, E2E_WEB: 'unused', E2E_WEB_NOT_ALLOWED: 'unused' });
  const { enrolMeasured, makeEveryMetric } = await import('../test/mesh/every-metric.ts');
  const { scraped } = await import('../test/mesh/exposition.ts');
  const described = stack.describe();
  await using scraper = await startScraper({
    folder: path.join(folder.state, 'prometheus'),
    described,
    jobs: scraped(),
  });

  const measured = await enrolMeasured();
  await makeEveryMetric(measured);
  await scraper.untilScraped();
  await makeEveryMetric(measured);
  await scraper.untilScraped();
  // What rules record of it comes with their next evaluations.
  await delay(5_000);

  const database = new Client({ connectionString: described.postgres.url });
  await database.connect();
  const agent = described.agents.scraper.id;
  const isShown = async ({ expr, rawSql = '' }: PanelQuery) =>
    expr === undefined
      ? Number((await database.query(fillInSql(rawSql, agent))).rowCount) > 0
      : scraper.hasData(
          expr
            .replaceAll('$tool', expr.includes('tokens') || expr.includes('usd') ? 'openai' : 'serpapi')
            .replaceAll('$__rate_interval', '1m'),
        );

  console.log(`Prometheus ${scraper.version}; exporters: ${scraper.exporters.join(', ') || 'none'}.\n`);
  console.log('| dashboard | panel | query | data |\n|---|---|---|---|');
  let empty = 0;
  for (const [index, query] of dashboards.flatMap(queriesOf).entries()) {
    const skipped = /\b(redis_|pg_)/.test(query.expr ?? '') && scraper.exporters.length < 2;
    const shown = skipped || (await isShown(query));
    if (!shown) empty += 1;
    console.log(
      `| ${query.dashboard} | ${query.title} | ${index + 1} | ${skipped ? 'skipped' : shown ? 'yes' : 'NO'} |`,
    );
  }
  await database.end();
  console.log(`\n${empty} without data.`);
  if (empty > 0) process.exitCode = 1;
});

/** What Grafana fills in. */
function fillInSql(sql: string, agent: string): string {
  return sql
    .replaceAll(/\$__timeFilter\((\w+)\)/g, "$1 > now() - interval '1 day'")
    .replaceAll(/\$__timeGroupAlias\((\w+), \$__interval\)/g, "date_bin('1 minute', $1, 'epoch') as time")
    .replaceAll(/\$\{agent:sqlstring\}/g, `'${agent}'`);
}
