import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordedRun, rowOf } from '../../test/recorded-run.ts';
import type { Sample } from '../record/sample.ts';
import { increases } from './counters.ts';
import { computeFigures } from './figures.ts';
import { judgeRun } from './judge-run.ts';
import { findKnee, stepRate } from './knee.ts';
import { computePhases, type PhaseFigures } from './phase-figures.ts';
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

  it('takes a call under way when the next thing is done for no sign of the recovery before', () => {
    const run = recordedRun();
    const hit = rowOf({ endedMs: 2_990, ms: 200, verdict: 'failed', outcome: 'upstream.timeout' });
    const happenings = [...run.record.happenings, { atMs: 2_850, kind: 'fault' as const, what: 'latency' }];
    const record = { ...run.record, happenings };
    const [recovery] = computeFigures({ ...run, record, rows: [...run.rows, hit] }).recoveries;
    assert.deepEqual(
      [recovery?.ms, recovery?.failed, recovery?.undecided, recovery?.isComplete],
      [490, 1, 1, true],
    );
  });

  it('counts a call to the disturbance that it began in, though it ended after it', () => {
    const run = recordedRun();
    const hanging = rowOf({ endedMs: 2_950, ms: 1_450, verdict: 'failed', outcome: 'upstream.timeout' });
    const rows = [...run.rows, hanging];
    const [recovery] = computeFigures({ ...run, rows }).recoveries;
    assert.deepEqual([recovery?.during.length, recovery?.failed], [2, 1]);
    const [, fault, after] = computePhases({ ...run, rows });
    assert.deepEqual([fault?.failed, after?.failed, after?.rate], [2, 1, 6]);
  });

  it('takes a second in which calls began and none was allowed for one that was not served', () => {
    const { servedShare } = computeFigures(recordedRun());
    assert.equal(servedShare, 2 / 3);
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
  const sample = (counter: number, cpuUs: number, restarts = 0): Sample => ({
    atMs: 0,
    parts: [{ name: 'proxy-service', cpuUs, residentMiB: 1, restarts }],
    breakers: {},
    counters: { 'proxy-service/0 gateway_retries_total ': counter },
    dbConnections: 0,
    isReady: true,
  });
  const samples = [sample(10, 500), sample(14, 900), sample(3, 100, 1)];

  it('is not taken for a decrease: counters and CPU go on from what the new process has', () => {
    assert.equal(increases(samples, 'gateway_retries_total').get(''), 7);
    assert.equal(
      cpuUsedUs(samples, () => true),
      500,
    );
  });

  it('is told from children that ended and took their CPU along, of which nothing is known', () => {
    const without = [sample(0, 500), sample(0, 900), sample(0, 100)];
    assert.equal(
      cpuUsedUs(without, () => true),
      400,
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

  const stepOf = (from: number, changes: Partial<PhaseFigures>): PhaseFigures => {
    const calls = from * 1.48;
    const allowed = { count: calls * 30, mean: 5, p50: 4, p95: 9, p99: 20, max: 50 };
    const [cores, times] = [
      { meshCores: 1, generatorCores: 0.2 },
      { fromSeconds: 0, seconds: 30 },
    ];
    const step = { name: `${from}`, ...times, from, to: from, tasks: from * 30, rate: calls - 4, allowed };
    return { ...step, denied: 0, failed: 0, ...cores, auditBacklog: 0, ...changes };
  };

  it('takes a step by the rate that it was to have: the calls of whole tasks come to a few more or less', () => {
    const { knee, atGoal, isGoalKept } = findKnee([stepOf(676, {}), stepOf(1_014, {})]);
    assert.deepEqual([knee && stepRate(knee), atGoal?.from, isGoalKept], [1_500, 676, true]);
  });

  it('is no step whose tasks k6 could not begin, and the goal is not kept behind one that failed', () => {
    const { knee } = findKnee([stepOf(676, {}), stepOf(1_014, { tasks: 29_000 })]);
    assert.equal(knee?.from, 676);
    const { isGoalKept } = findKnee([stepOf(541, { failed: 1 }), stepOf(676, {})]);
    assert.equal(isGoalKept, false);
  });
});
