/**
 * CPU time of the step `filter`, for answers of several lengths and obligations, beside that of writing the answer as JSON.
 *
 *     node services/proxy-service/test/bench/filter-answer.ts
 */
import { type Obligation, piiKinds } from '@4runr/contracts/decision';
import { compileAnswerRules } from '../../src/domain/answer/answer-rules.ts';
import { filterAnswer } from '../../src/domain/answer/filter-answer.ts';
import type { PermittedCall } from '../../src/pipeline/authorize.ts';
import { filter } from '../../src/pipeline/filter.ts';

const result = (index: number) => ({
  position: index,
  title: `Result ${index}`,
  link: `https://en.wikipedia.org/wiki/Result_${index}`,
  snippet:
    'Tea is an aromatic beverage prepared by pouring hot or boiling water over cured or fresh leaves. '.repeat(
      2,
    ),
  source: { name: 'Wikipedia', token: 'a1b2c3' },
});
const answers = [10, 100, 1_000].map((length) => ({
  results: Array.from({ length }, (_, index) => result(index)),
}));

const obligations: Record<string, Obligation[]> = {
  redact: [{ type: 'redact', paths: ['api_key', '**.token'] }],
  truncate: [{ type: 'truncate', limits: { 'results.*.snippet': 100 } }],
  block: [{ type: 'block', patterns: ['-----BEGIN .*PRIVATE KEY-----'] }],
  pii: [{ type: 'pii', detect: [...piiKinds], effect: 'redact' }],
  maxResponseBytes: [{ type: 'maxResponseBytes', bytes: 10_000_000 }],
};

const step = filter({ filterAnswer: () => Promise.reject(new Error('is not asked')) });
const permitted = { answerRules: undefined } as PermittedCall;
report('no obligation: the whole step', 0, () => step({ permitted, unfiltered: answers[0] }));
for (const answer of answers) {
  const bytes = JSON.stringify(answer).length;
  report('written as JSON', bytes, () => JSON.stringify(answer));
  for (const [name, given] of Object.entries(obligations)) {
    report(name, bytes, () => {
      const rules = compileAnswerRules(given);
      return rules === undefined ? undefined : filterAnswer(rules, answer);
    });
  }
}

/** The median round, each of a tenth of a second. */
function report(name: string, bytes: number, work: () => unknown): void {
  const rounds = Array.from({ length: 7 }, () => microsEach(work)).sort((a, b) => a - b);
  const micros = (rounds[3] ?? 0).toFixed(2);
  process.stdout.write(`${name.padEnd(32)} ${String(bytes).padStart(8)} bytes ${micros.padStart(10)} µs\n`);
}

function microsEach(work: () => unknown): number {
  const startedAt = process.cpuUsage();
  const until = performance.now() + 100;
  let count = 0;
  while (performance.now() < until) {
    for (let index = 0; index < 10; index += 1) work();
    count += 10;
  }
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / count;
}
