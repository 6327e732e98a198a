import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCommand, UsageError } from './command-options.ts';

describe('parseCommand', () => {
  it('changes and deletes nothing, at the local stack, unless told otherwise', () => {
    assert.deepEqual(parseCommand(['apply', 'policies']), {
      help: false,
      folder: 'policies',
      apply: false,
      prune: false,
      gateway: undefined,
    });
  });

  it('takes a gateway by URL', () => {
    const { apply, prune, gateway } = parseCommand(
      'apply x --yes --prune --url https://gateway.test --token t --ca ca.pem'.split(' '),
    );
    assert.deepEqual([apply, prune], [true, true]);
    assert.deepEqual(gateway, { url: 'https://gateway.test', token: 't', caFile: 'ca.pem' });
  });

  const refused = [
    '',
    'apply',
    'apply a b',
    'remove a',
    'apply a --force',
    'apply a --token t',
    'apply a --url x',
  ];
  for (const line of refused) {
    it(`refuses "${line}"`, () => {
      assert.throws(() => parseCommand(line.split(' ').filter(Boolean)), UsageError);
    });
  }
});
