import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import type { AnswerObligation } from '../domain/answer/answer-rules.ts';
import { compileAnswerRules } from '../domain/answer/answer-rules.ts';
import { answerFilter } from './answer-filter.ts';
import { createFilterThread, type FilterJob, type FilterThreadOptions } from './filter-thread.ts';

const threads: { close(): Promise<void> }[] = [];
after(() => Promise.all(threads.map((thread) => thread.close())));

function createThread(options: FilterThreadOptions = {}) {
  const thread = createFilterThread(options);
  threads.push(thread);
  return thread;
}

const redacting: AnswerObligation[] = [{ type: 'redact', paths: ['**.token'] }];
const easy: FilterJob = { obligations: redacting, answer: { token: 'secret' } };
const easyVerdict = { kind: 'passed', answer: { token: '[redacted]' } };

/** Letters a and b in no order: the bits of digests. */
const letters = Array.from({ length: 4_000 }, (_, index) =>
  [...createHash('sha256').update(String(index)).digest()]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join(''),
)
  .join('')
  .replaceAll('0', 'a')
  .replaceAll('1', 'b');

/** Takes far longer than any test waits: the automaton of the pattern, which fits nowhere, is too large to be kept. */
const hard: FilterJob = {
  obligations: [{ type: 'block', patterns: ['.*a.{14}b$'] }],
  answer: Array(50).fill(`${letters}.`),
};

describe('the thread for answers that take long', () => {
  it('gives the verdict that would be reached without it', async () => {
    const thread = createThread();
    assert.deepEqual(await thread.run(easy), easyVerdict);
    const deny: AnswerObligation[] = [{ type: 'pii', detect: ['ssn'], effect: 'deny' }];
    assert.deepEqual(await thread.run({ obligations: deny, answer: ['123-45-6789'] }), {
      kind: 'blocked',
      by: 'pii',
    });
  });

  it('breaks off what takes too long, and goes on with what comes next', async () => {
    const thread = createThread({ jobMs: 500 });
    const verdicts = await Promise.all([thread.run(hard), thread.run(easy)]);
    assert.deepEqual(verdicts, [{ kind: 'unfinished' }, easyVerdict]);
  });

  it('takes no more jobs than it may hold in memory', async () => {
    const thread = createThread({ jobsMax: 1 });
    const verdicts = await Promise.all([thread.run(easy), thread.run(easy)]);
    assert.deepEqual(verdicts, [easyVerdict, { kind: 'unfinished' }]);
    assert.deepEqual(await thread.run(easy), easyVerdict);
  });

  it('lets an answer that cannot be handed to it not pass', async () => {
    let answer: unknown = {};
    for (let depth = 0; depth < 100_000; depth += 1) answer = [answer];
    const thread = createThread();
    assert.deepEqual(await thread.run({ ...easy, answer }), { kind: 'unfinished' });
    assert.deepEqual(await thread.run(easy), easyVerdict);
  });
});

describe('an answer’s filter', () => {
  it('asks the thread only about what takes more steps than may be taken at once', async () => {
    const asked: FilterJob[] = [];
    const run = async (job: FilterJob) => {
      asked.push(job);
      return { kind: 'too_large' } as const;
    };
    const rules = compileAnswerRules(redacting);
    assert.ok(rules);
    assert.deepEqual(await answerFilter({ run }, 10)(rules, easy.answer), easyVerdict);
    const long = { obligations: redacting, answer: Array(11).fill(0) };
    assert.deepEqual(await answerFilter({ run }, 10)(rules, long.answer), { kind: 'too_large' });
    assert.deepEqual(asked, [long]);
  });
});
