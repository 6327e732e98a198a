import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { selectorsOf } from '../src/queries.ts';
import { ruleFiles, rules } from '../src/rules.ts';

const folder = path.dirname(import.meta.dirname);
const repository = path.resolve(folder, '../..');

const testFiles = globSync('tests/*.test.yml', { cwd: folder }).sort();
const alerts = rules.filter(({ alert }) => alert !== undefined);

/** promtool comes with Prometheus; the gateway needs neither to run nor to be tested otherwise. */
const withPromtool = { skip: spawnSync('promtool', ['--version']).status !== 0 && 'promtool is not here' };

describe('the rules', () => {
  it('are such as Prometheus takes', withPromtool, () => {
    execFileSync('promtool', ['check', 'rules', ...ruleFiles], { cwd: folder });
  });

  for (const file of testFiles) {
    it(`alert when they should, and only then: ${path.basename(file)}`, withPromtool, () => {
      const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${stdout}${stderr}`);
    });
  }
});

describe('a query of the rules', () => {
  it('names the labels that series must have to be found', () => {
    assert.deepEqual(selectorsOf('max by (tool) (a{x="1",y!~"2"}) / sum(rate(b_bucket[5m] offset 1h)) > 0'), [
      { metric: 'a', labels: ['x', 'y'] },
      { metric: 'b_bucket', labels: [] },
    ]);
  });

  it('asks of what other rules record for that alone which is recorded', () => {
    const recorded = new Set(rules.map(({ record }) => record));
    const asked = rules.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric));
    for (const metric of asked) if (metric.includes(':')) assert.ok(recorded.has(metric), metric);
  });
});

describe('an alert', () => {
  const runbook = readFileSync(path.join(repository, 'docs/runbooks/alerts.md'), 'utf8');
  const tests = testFiles.map((file) => readFileSync(path.join(folder, file), 'utf8')).join('');

  for (const { alert = '', labels, annotations } of alerts) {
    it(`${alert} says whom it wakes, what is wrong, and where to read what to do`, () => {
      assert.match(labels?.severity ?? '', /^(critical|warning)$/);
      assert.ok(annotations?.summary && annotations.description);
      assert.equal(annotations.runbook, `docs/runbooks/alerts.md#${alert.toLowerCase()}`);
      assert.match(runbook, new RegExp(`^### ${alert}$`, 'm'));
    });

    it(`${alert} is seen to fire by a test`, () => {
      const fires = new RegExp(`ALERTS\\{alertname="${alert}", alertstate="firing", severity=`);
      assert.match(tests, fires);
    });
  }

  it('has a runbook of its own, and no runbook is left without one', () => {
    const sections = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual(sections.toSorted(), alerts.map(({ alert }) => alert).toSorted());
  });
});
