import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import {
  analyse,
  consistencyOf,
  findK6,
  joinStack,
  judgeRun,
  LoadWatch,
  type RecordedRun,
  runLoad,
  type Scenario,
  scaleTime,
  scenarios,
} from '@4runr/load-tests';
import { stack } from './mesh/gateway.ts';

const k6 = findK6();
const primary = scenarios.primary as Scenario;
/** Of primary: its six phases in about four seconds. */
const timeScale = 0.0018;

/** Nothing is asked of times: a slow machine may turn calls away by a code, and is not wrong by that. */
it('a few seconds of the primary load get no wrong answer, and all witnesses agree about it', {
  skip: k6 === undefined && 'there is no k6 on PATH',
}, async () => {
  if (k6 === undefined) return;
  const folder = mkdtempSync(path.join(tmpdir(), '4runr-load-smoke-'));
  const scenario = { ...scaleTime(primary, timeScale), tolerates: 'coded failures' as const };
  const mesh = joinStack(stack().edge.http, stack);
  try {
    const run = await runLoad({
      k6,
      mesh,
      scenario,
      timeScale,
      seed: 1,
      command: 'npm test',
      folder,
      agents: { scraper: 2, enricher: 1, engager: 1 },
      quietMs: 0,
      watch: new LoadWatch(scenario),
      report: () => {},
      signal: new AbortController().signal,
    });
    assertSound(run, readFileSync(path.join(folder, 'k6.log'), 'utf8'));
  } finally {
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

function assertSound(run: RecordedRun, k6Log: string): void {
  const { isSound, sentences } = judgeRun(run);
  assert.ok(isSound, `${sentences.join(' ')}\n${k6Log}`);
  const allowed = new Set(run.rows.filter(({ verdict }) => verdict === 'allowed').map(({ call }) => call));
  assert.deepEqual([...allowed].sort(), [
    'gmail_send/send',
    'http_fetch/get',
    'openai/chat',
    'serpapi/search',
  ]);
  assert.ok(run.rows.some(({ verdict }) => verdict === 'denied'));
  const differing = consistencyOf(analyse(run));
  assert.equal(differing.share, 1, JSON.stringify(differing.rows));
}
