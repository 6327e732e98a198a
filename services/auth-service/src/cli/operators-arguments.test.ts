import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorsUsage, parseOperatorsArguments } from './operators-arguments.ts';
import { UsageError } from './usage-error.ts';

describe('the arguments of the command over operators', () => {
  const rows: [line: string, expected: object][] = [
    ['list', { command: 'list' }],
    ['-h', { command: 'help' }],
    ['delete -h', { command: 'help' }],
    [
      'enrol --name Ada --jwks k.json',
      { command: 'enrol', name: 'Ada', jwksFile: 'k.json', scopes: undefined },
    ],
    [
      'enrol --name Ada --jwks k.json --scopes audit:read,agents:read,audit:read',
      { command: 'enrol', name: 'Ada', jwksFile: 'k.json', scopes: ['audit:read', 'agents:read'] },
    ],
    ['add-key opr_1 --jwks k.json', { command: 'add-key', operator: 'opr_1', jwksFile: 'k.json' }],
    ['remove-key opr_1 k', { command: 'remove-key', operator: 'opr_1', key: 'k' }],
    [
      `remove-key opr_1 -h${'x'.repeat(41)}`,
      { command: 'remove-key', operator: 'opr_1', key: `-h${'x'.repeat(41)}` },
    ],
    ['suspend opr_1', { command: 'suspend', operator: 'opr_1', isForced: false }],
    ['delete opr_1 --force', { command: 'delete', operator: 'opr_1', isForced: true }],
    ['revoke-tokens opr_1', { command: 'revoke-tokens', operator: 'opr_1' }],
  ];
  for (const [line, expected] of rows)
    it(`say what to do: ${line}`, () => {
      assert.deepEqual(parseOperatorsArguments(line.split(' ')), expected);
    });

  const refusals: [args: string[], message: RegExp][] = [
    [[], /A command is needed/],
    [['suspnd', 'opr_1'], /There is no command suspnd/],
    [['toString'], /There is no command toString/],
    [['suspend'], /suspend needs <operator>/],
    [['remove-key', 'opr_1'], /remove-key needs <key>/],
    [['suspend', 'opr_1', 'opr_2'], /opr_2 is too much/],
    [['resume', 'opr_1', '--force'], /--force does not go with resume/],
    [['enrol', '--jwks', 'k.json'], /--name is needed/],
    [['enrol', '--name', 'Ada'], /--jwks is needed/],
    [['enrol', '--name', 'A\nda', '--jwks', 'k.json'], /--name: must hold no control characters/],
    [
      ['enrol', '--name', 'Ada', '--jwks', 'k.json', '--scopes', 'agents:all'],
      /no scope agents:all of operators/,
    ],
    [['enrol', '--name', 'Ada', '--jwks', 'k.json', '--scopes', ','], /--scopes names none/],
    [['delete', 'opr_1', '--hard'], /--hard/],
  ];
  for (const [args, message] of refusals)
    it(`are refused by name: ${args.join(' ') || 'none'}`, () => {
      assert.throws(
        () => parseOperatorsArguments(args),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      );
    });

  it('are all told of by the help', () => {
    for (const command of [
      'list',
      'enrol',
      'add-key',
      'remove-key',
      'suspend',
      'resume',
      'revoke-tokens',
      'delete',
    ])
      assert.match(operatorsUsage, new RegExp(`^  ${command} `, 'm'));
  });
});
