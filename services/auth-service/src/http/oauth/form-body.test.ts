import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseForm } from './form-body.ts';

describe('parseForm', () => {
  it('reads names and values as a form has them', () => {
    assert.deepEqual(
      [...parseForm('a=1+2&b=%C3%A9')],
      [
        ['a', '1 2'],
        ['b', 'é'],
      ],
    );
  });

  it('takes a parameter without a value as not sent', () => {
    assert.deepEqual([...parseForm('a=&b&c=1')], [['c', '1']]);
  });

  it('refuses a name that occurs twice, with a value or without', () => {
    for (const text of ['a=1&a=2', 'a=1&a=', 'a&a', 'a=1&%61=2']) {
      assert.throws(() => parseForm(text), { name: 'OAuthError', code: 'invalid_request' }, text);
    }
  });

  it('takes no name for a member of every object', () => {
    assert.equal(parseForm('a=1').get('constructor'), undefined);
    assert.equal(parseForm('__proto__=1').get('__proto__'), '1');
  });
});
