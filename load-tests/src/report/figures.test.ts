import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordedRun, rowOf } from '../../test/recorded-run.ts';
import type { Sample } from '../record/sample.ts';
import { increases } from './counters.ts';
import { computeFigures } from './figures.ts';
import { judgeRun } from './judge-run.ts';
import { findKnee } from './knee.ts';
import { computePhases } from './phase-figures.ts';
import { cpuUsedUs } from './usage.ts';

describe('computeFigures', () => {
  it('keeps allowed, denied and failed calls apart', () => {
    const { times, successShare, deniedShare } = computeFigures(recordedRun());
    assert.deepEqual(
      [times.allowed.count, times.denied.count, times.failed.count, times.broken.count],
      [7, 1, 2, 0],
    );
    assert.equal(successShare, 7 / 9);
    assert.equal(deniedShare, 1);
    assert.equal(times.denied.mean, 1);
  });

  it('tells calls that a provider has answered from those that were answered by what was kept', () => {
    const { carriedOut, keptAnswers } = computeFigures(recordedRun());
    assert.deepEqual([carriedOut.count, keptAnswers.count], [6, 1]);
  });

  it('counts a recovery until the last call began that failed', () => {
    const { recoveries } = computeFigures(recordedRun());
    assert.deepEqual(
      recoveries.map(({ after, ms, failed }) => [after, Math.round(ms), failed]),
      [['100 % timeouts', 490, 1]],
    );
  });

  it('measures nothing of a run without calls', () => {
    const { successShare, times } = computeFigures({ ...recordedRun(), rows: [] });
    assert.ok(Number.isNaN(successShare));
    assert.ok(Number.isNaN(times.allowed.mean));
  });
});

describe('judgeRun', () => {
  const run = recordedRun();

  it('tolerates failures by a code where the scenario does, and nowhere else', () => {
    assert.equal(judgeRun(run).isSound, true);
    const strict = { ...run, record: { ...run.record, tolerates: 'no failure' as const } };
    assert.equal(judgeRun(strict).isSound, false);
  });

  it('tolerates no other answer', () => {
    const rows = [...run.rows, rowOf({ verdict: 'broken', outcome: '502 without its code' })];
    assert.equal(judgeRun({ ...run, rows }).isSound, false);
  });

  it('finds no run sound in which nothing was called, or whose generator failed', () => {
    assert.equal(judgeRun({ ...run, rows: [] }).isSound, false);
    const generator = { ...run.record.generator, exitCode: 107 };
    assert.equal(judgeRun({ ...run, record: { ...run.record, generator } }).isSound, false);
  });
});

describe('what a restart hides', () => {
  const sample = (counter: number, cpuUs: number): Sample => ({
    atMs: 0,
    parts: [{ name: 'proxy-service', cpuUs, residentMiB: 1, restarts: 0 }],
    breakers: {},
    counters: { 'proxy-service/0 gateway_retries_total ': counter },
    dbConnections: 0,
    isReady: true,
  });
  const samples = [sample(10, 500), sample(14, 900), sample(3, 100)];

  it('is not taken for a decrease: counters and CPU go on from what the new process has', () => {
    assert.equal(increases(samples, 'gateway_retries_total').get(''), 7);
    assert.equal(
      cpuUsedUs(samples, () => true),
      500,
    );
  });
});

describe('findKnee', () => {
  const run = recordedRun();
  const record = {
    ...run.record,
    phases: [
      { name: 'first', seconds: 1, from: 2, to: 2 },
      { name: 'second', seconds: 1, from: 4, to: 4 },
      { name: 'third', seconds: 1, from: 2, to: 2 },
    ],
  };
  const rows = [0, 1, 2, 3].flatMap((number) => [
    ...(number < 3 ? [rowOf({ endedMs: 100 + number })] : []),
    rowOf({ endedMs: 1_100 + number }),
    ...(number < 3 ? [rowOf({ endedMs: 2_100 + number })] : []),
  ]);

  it('is the last step whose rate was kept, whatever came after the first that was not', () => {
    const { knee } = findKnee(computePhases({ ...run, record, rows }));
    assert.equal(knee?.name, 'first');
  });
});
