import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMarkdown } from '../report/document.ts';
import { baselinesReport, gatesOf } from './baselines-report.ts';
import type { Round } from './measure-targets.ts';
import type { Target } from './target.ts';
import type { Targets } from './targets.ts';

const target = (name: string): Target => ({
  name,
  url: '',
  path: '',
  headers: () => ({}),
  body: '',
  answersWith: '',
  parts: () => [],
});
const targets: Targets = {
  search: target('search'),
  cachedSearch: target('cached'),
  chat: target('chat'),
  skeletonSearch: target('skeleton search'),
  skeletonChat: target('skeleton chat'),
  portkeyChat: target('portkey'),
};
const round = (throughput: number, cpuUs: number, ms: number): Round => ({ throughput, cpuUs, times: [ms] });
const measured = new Map<Target, readonly Round[]>([
  [targets.search, [round(600, 400, 4), round(300, 600, 9), round(550, 450, 5)]],
  [targets.cachedSearch, [round(1_200, 200, 2), round(500, 300, 4), round(900, 250, 3)]],
  [targets.chat, [round(500, 500, 5), round(250, 700, 9), round(500, 500, 5)]],
  [targets.skeletonSearch, [round(1_000, 250, 2), round(500, 300, 4), round(1_000, 250, 2)]],
  [targets.portkeyChat, [round(400, 900, 6), round(200, 999, 9), round(400, 900, 6)]],
]);

describe('the gates', () => {
  it('are ratios of one round, so that a slow round is slow for both', () => {
    const ratios = gatesOf(targets, measured).map((gate) =>
      gate.ratios.map((ratio) => Number(ratio.toFixed(2))),
    );
    assert.deepEqual(ratios, [
      [0.6, 0.6, 0.55],
      [1.6, 2, 1.8],
      [1.25, 1.25, 1.25],
      [2, 2.25, 2.5],
      [2, 1.67, 1.64],
    ]);
  });

  it('are passed or failed by the median', () => {
    const report = toMarkdown(baselinesReport({ targets, measured, idleCores: 0.1, about: [] }));
    const statuses = report.split('\n').flatMap((line) => /\| (pass|\*\*fail\*\*) \|$/.exec(line)?.[1] ?? []);
    assert.deepEqual(statuses, ['pass', 'pass', '**fail**', '**fail**', 'pass']);
  });
});
