import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EvaluationsSemantic, evaluationsSemantics } from '@4runr/contracts/decision';
import { answerInOrder } from './answer-in-order.ts';

/** Verdicts that would be given, and how many of them are: `+` allows, `-` denies. */
const table: Record<string, Record<EvaluationsSemantic, string>> = {
  '+': { execute_all: '+', deny_on_first_deny: '+', permit_on_first_permit: '+' },
  '-': { execute_all: '-', deny_on_first_deny: '-', permit_on_first_permit: '-' },
  '+++': { execute_all: '+++', deny_on_first_deny: '+++', permit_on_first_permit: '+' },
  '---': { execute_all: '---', deny_on_first_deny: '-', permit_on_first_permit: '---' },
  '+-+': { execute_all: '+-+', deny_on_first_deny: '+-', permit_on_first_permit: '+' },
  '-+-': { execute_all: '-+-', deny_on_first_deny: '-', permit_on_first_permit: '-+' },
  '++-': { execute_all: '++-', deny_on_first_deny: '++-', permit_on_first_permit: '+' },
  '--+': { execute_all: '--+', deny_on_first_deny: '-', permit_on_first_permit: '--+' },
};

describe('answerInOrder', () => {
  for (const [verdicts, expected] of Object.entries(table)) {
    for (const semantic of evaluationsSemantics) {
      it(`${semantic} of ${verdicts} gives ${expected[semantic]}, and asks no further`, async () => {
        const asked: string[] = [];
        const answers = await answerInOrder([...verdicts], semantic, async (verdict) => {
          asked.push(verdict);
          return { decision: verdict === '+' };
        });
        assert.equal(answers.map(({ decision }) => (decision ? '+' : '-')).join(''), expected[semantic]);
        assert.equal(asked.join(''), expected[semantic]);
      });
    }
  }
});
