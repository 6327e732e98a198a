import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseKeysArguments } from './keys-arguments.ts';
import { UsageError } from './usage-error.ts';

describe('the arguments of the command over keys', () => {
  it('name one command, and whether a rotation is forced', () => {
    assert.deepEqual(parseKeysArguments(['list']), { command: 'list', isForced: false, kid: '' });
    assert.deepEqual(parseKeysArguments(['rotate', '--force']), {
      command: 'rotate',
      isForced: true,
      kid: '',
    });
    assert.deepEqual(parseKeysArguments(['withdraw', 'k1']), {
      command: 'withdraw',
      isForced: false,
      kid: 'k1',
    });
    assert.equal(parseKeysArguments(['-h']).command, 'help');
  });

  const thumbprint = `-h${'x'.repeat(41)}`;
  for (const args of [
    ['withdraw', thumbprint],
    ['withdraw', '--', thumbprint],
  ])
    it(`take a key whose id begins as an option does: ${args.join(' ')}`, () => {
      assert.deepEqual(parseKeysArguments(args), { command: 'withdraw', isForced: false, kid: thumbprint });
    });

  const refusals: [args: string[], message: RegExp][] = [
    [[], /A command is needed/],
    [['rotat'], /There is no command rotat/],
    [['rotate', 'now'], /now is too much/],
    [['withdraw'], /withdraw needs the id of a key/],
    [['withdraw', 'k1', 'k2'], /k2 is too much/],
    [['reseal', '--force'], /--force is for rotate alone/],
    [['rotate', '--hard'], /--hard/],
  ];
  for (const [args, message] of refusals)
    it(`are refused by name: ${args.join(' ') || 'none'}`, () => {
      assert.throws(
        () => parseKeysArguments(args),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      );
    });
});
