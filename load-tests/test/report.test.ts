import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { readRun, writeRun } from '../src/record/report-folder.ts';
import { analyse } from '../src/report/analysis.ts';
import { compareRuns } from '../src/report/compare-runs.ts';
import { toMarkdown } from '../src/report/document.ts';
import { consistencyOf } from '../src/report/sections/consistency.ts';
import { composeReport, writeReport } from '../src/report/write-report.ts';
import { recordedRun } from './recorded-run.ts';

const folder = mkdtempSync(path.join(tmpdir(), '4runr-report-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

/** Rows of the report of August 2025 that had a target, and its sections. */
const targetRows = [
  'Mean response time',
  '95th percentile',
  '99th percentile',
  'Maximum response time',
  'Average RPS',
  'Peak RPS',
  'Total requests',
  'Request success rate',
  'Uptime',
  'Service restarts',
  'Recovery time',
  'Data consistency',
  'Web performance',
  'API standards',
  'Enterprise SLA',
];
const sections = [
  '1. Executive summary',
  '2. Test environment',
  '3. Methodology',
  '4. Performance',
  '5. Security',
  '6. Reliability',
  '7. Observability',
  '8. Compliance',
  '9. Risk assessment',
  '10. Recommendations',
  '11. Artifacts',
  '12. Conclusion',
  'Approvals',
  'Appendix A',
  'Appendix B',
  'Appendix C',
];

describe('a report', () => {
  const markdown = toMarkdown(composeReport(analyse(recordedRun())));

  it('has every section of the report of August 2025', () => {
    for (const section of sections) assert.match(markdown, new RegExp(`^## ${section}`, 'm'));
  });

  for (const row of targetRows) {
    it(`has the target row "${row}" with a value and a status`, () => {
      const [line = ''] = markdown.split('\n').filter((text) => text.startsWith(`| ${row}`));
      assert.match(line, /\| (pass|\*\*fail\*\*|not measured|)\s?\|/);
      assert.match(line, /\d/);
    });
  }

  it('holds the memory of a soak’s services to its goals, and of no other part', () => {
    const run = recordedRun();
    const soak = { ...run, record: { ...run.record, scenario: 'soak' } };
    const report = toMarkdown(composeReport(analyse(soak)));
    const [, table = ''] = report.split('### 4.5 Memory over time');
    assert.match(table, /\| proxy-service \| 202 \| 203 \| \*\*fail\*\* \| 0\.50 % \| pass \|/);
    assert.doesNotMatch(table.split('##')[0] ?? '', /postgres/);
  });

  it('tells what was written, what was logged, and how soon a breaker had opened', () => {
    assert.match(markdown, /\| Storage \| .* \| 2\.0 MiB more in the database, 4\.0 MiB of WAL/);
    assert.match(markdown, /\| Error logging: .* \| 3 \| 3 \|/);
    assert.match(markdown, /\| Security event logging: .* \| 1 \|/);
    assert.match(markdown, /Activation time: 1 opening .* 3\.00 ms/);
  });

  it('gives no score, no recommendation and no approval', () => {
    assert.doesNotMatch(markdown, /\d\/10|APPROVED|EXCELLENT/i);
    assert.match(markdown, /^- Test lead:$/m);
  });

  it('says of a mesh that was not seen that it was not measured', () => {
    const run = recordedRun();
    const unseen = {
      audit: null,
      providers: null,
      mailsReceived: null,
      loggedCalls: null,
      logged: null,
      storage: null,
    };
    const blind = {
      ...run,
      samples: run.samples.map((sample) => ({ ...sample, parts: [], counters: {} })),
      before: '',
      after: '',
      record: { ...run.record, ...unseen },
    };
    const report = toMarkdown(composeReport(analyse(blind)));
    assert.match(report, /\| Memory \(RSS\), all services \| not measured \|/);
    assert.match(report, /\| Data consistency \| not measured \| 100 % \| not measured \|/);
    assert.match(report, /tokens found valid \| not measured/);
    assert.match(report, /\| Storage \| not measured \| not measured \|/);
    assert.match(report, /\| Error logging: .* \| 3 \| not measured \|/);
  });
});

describe('data consistency', () => {
  it('holds what the load generator, the audit trail and the providers say against each other', () => {
    const { rows, share } = consistencyOf(analyse(recordedRun()));
    assert.equal(share, 1);
    assert.ok(rows.length >= 8);
  });

  it('lets the trail lack calls that failed before they were decided, and no others', () => {
    const run = recordedRun();
    const audit = run.record.audit?.filter(({ outcome }) => outcome !== 'failed') ?? null;
    const { rows, share } = consistencyOf(analyse({ ...run, record: { ...run.record, audit } }));
    assert.ok(rows.some(({ what, one, other }) => what.includes('failed') && one > other));
    // The four searches that the provider received beyond those that were completed have no attempt beside them any more.
    assert.ok(share < 1);
    assert.match(
      consistencyOf(analyse({ ...run, record: { ...run.record, audit, providers: null } })).inWords,
      /agree/,
    );
  });

  it('is not whole when one mail was sent twice', () => {
    const run = recordedRun();
    const twice = { ...run, record: { ...run.record, mailsReceived: 2 } };
    const { share, inWords } = consistencyOf(analyse(twice));
    assert.ok(share < 1);
    assert.match(inWords, /^1 of/);
  });

  it('is not whole when a call that was answered is missing from the trail', () => {
    const run = recordedRun();
    const audit = run.record.audit?.filter(({ call }) => call !== 'http_fetch/get') ?? null;
    assert.ok(consistencyOf(analyse({ ...run, record: { ...run.record, audit } })).share < 1);
  });
});

describe('a run on disk', () => {
  it('is read back as it was, and its report is one HTML file with its charts in it', async () => {
    const run = recordedRun();
    await writeRun(folder, run);
    assert.deepEqual(await readRun(folder), run);
    await writeReport(folder, run);
    assert.match(read('report.md'), /^# Load test report: chaos/);
    const html = read('report.html');
    assert.ok((html.match(/<svg /g) ?? []).length >= 5);
    assert.doesNotMatch(html, /<script|(src|href)="http/);
  });

  it('can be held beside another one', () => {
    const markdown = toMarkdown(compareRuns(recordedRun(), recordedRun()));
    assert.match(markdown, /\| allowed \| 7 \| 7 \| 1\.00 \|/);
    assert.match(markdown, /\| proxy-service \|/);
  });
});
